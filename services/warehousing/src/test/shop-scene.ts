import { randomUUID } from 'node:crypto';
import type { Centre } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import type { Item } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { CreateOrderRequest, type Order } from '@naru/contracts/gen/naru/warehousing/v1/order_service';
import { ReleaseReservationRequest } from '@naru/contracts/gen/naru/warehousing/v1/reservation_service';
import { MERCHANT, type Party, Scene } from './scene.js';

/** A line of an order: the item and how much of it. */
export type Asked = readonly [item: Item, count: bigint];

/** A network of two centres with a merchant that sells from it. */
export class ShopScene {
  #numbers = 0;

  private constructor(
    readonly scene: Scene,
    readonly near: Centre,
    readonly far: Centre,
    readonly networkId: string,
  ) {}

  static async open(): Promise<ShopScene> {
    const scene = await Scene.open();
    const [near, far] = [await scene.openCentre(), await scene.openCentre()];
    const { network } = await scene.operator.networks.createNetwork({ code: 'NET-1', name: 'Network', centreIds: [near.centreId, far.centreId], holdMs: 600_000n });
    await scene.operator.networks.admitMerchant({ networkId: network!.networkId, organizationId: MERCHANT });
    const shop = new ShopScene(scene, near, far, network!.networkId);
    await scene.database.query(`update warehousing.centres set latitude_e6 = 37500000, longitude_e6 = 127000000 where centre_id = $1`, [near.centreId]);
    await scene.database.query(`update warehousing.centres set latitude_e6 = 35200000, longitude_e6 = 129000000 where centre_id = $1`, [far.centreId]);
    return shop;
  }

  get merchant(): Party {
    return this.scene.merchant;
  }

  item(other: Parameters<Scene['ownItem']>[1] = {}): Promise<Item> {
    return this.scene.ownItem(`SKU-${++this.#numbers}`, other);
  }

  /** Goods come to the centre by road and stand at its door: available. */
  async stock(centre: Centre, item: Item, count: bigint, batch = 'B1', expiresOn = ''): Promise<void> {
    const notice = await this.scene.announceGoods(centre, [{ itemCode: item.code, count, batch, expiresOn }]);
    const door = (await this.scene.locations(centre)).get('C1-D1')!;
    const { appointmentId } = await this.scene.book(centre, [], this.scene.carrier, [notice.noticeId]);
    const { operator } = this.scene;
    await operator.appointments.recordGateIn({ appointmentId });
    await operator.appointments.callToDoor({ appointmentId, doorLocationId: door.locationId });
    const { outcomes } = await operator.notices.receiveNotice({ appointmentId, noticeId: notice.noticeId, lines: [this.scene.counted(1, { counted: count, batch, expiresOn })] });
    if (outcomes[0]!.code) throw new Error(outcomes[0]!.detail);
    await operator.appointments.finishUnloading({ appointmentId });
  }

  request(lines: readonly Asked[], other: Partial<CreateOrderRequest> = {}): CreateOrderRequest {
    return CreateOrderRequest.fromPartial({
      networkId: this.networkId,
      merchantReference: `PO-${randomUUID()}`,
      customerReference: 'C-1',
      country: 'Korea',
      latitudeE6: 37_566_500,
      longitudeE6: 126_978_000,
      lines: lines.map(([item, count], i) => ({ line: i + 1, itemCode: item.code, unit: '', count, unitPriceAmount: 100n, currency: 'GBP' })),
      ...other,
    });
  }

  async order(lines: readonly Asked[], other: Partial<CreateOrderRequest> = {}): Promise<Order> {
    return (await this.merchant.orders.createOrder(this.request(lines, other))).order!;
  }

  async find(orderId: string): Promise<Order> {
    return (await this.merchant.orders.getOrder({ orderId })).order!;
  }

  async hold(item: Item, count: bigint, holdMs = 0n, minRemainingLifeDays = 0) {
    return (await this.merchant.reservations.createReservation({ networkId: this.networkId, itemId: item.itemId, unit: '', count, minRemainingLifeDays, holdMs })).reservations;
  }

  release(reservationId: string) {
    return this.merchant.reservations.releaseReservation(ReleaseReservationRequest.fromPartial({ reservationId }));
  }

  /** What is reserved of an item, and what its open reservations say. */
  async reserved(item: Item): Promise<{ readonly onHand: bigint; readonly reserved: bigint; readonly open: bigint }> {
    const [row] = await this.scene.database.query<{ on_hand: string; reserved: string; open: string }>(
      `select coalesce(sum(on_hand), 0) as on_hand, coalesce(sum(reserved), 0) as reserved,
              (select coalesce(sum(count), 0) from warehousing.reservations where item_id = $1) as open from warehousing.promisable_stock where item_id = $1`,
      [item.itemId],
    );
    return { onHand: BigInt(row!.on_hand), reserved: BigInt(row!.reserved), open: BigInt(row!.open) };
  }

  close(): Promise<void> {
    return this.scene.close();
  }
}
