import { chargeKindFromJSON } from '@naru/contracts/gen/naru/warehousing/v1/order_service';
import type { Instant } from '@naru/kernel/instant';
import { invoicesOf, outcomeOf, type RetailInvoice, type RetailLine } from '../../importers/online-retail.js';
import type { Parsed, ParsedRow } from '../../importers/row.js';
import type { Action, KeyOf } from '../market-day/actions.js';
import type { OrderCharge, OrderLine } from './actions.js';
import type { SoldGoods } from './produce.js';
import type { SeedPosition, ShopSeed } from './seed.js';
import { PIECE, unitOf } from './units.js';

const CURRENCY = 'GBP';
/** What stands for the customer where the file has none. */
const UNKNOWN_CUSTOMER = 'unknown';

export interface OrdersToPlace {
  readonly seed: ShopSeed;
  readonly orders: Parsed<RetailLine>;
  readonly sold: readonly SoldGoods[];
  readonly network: string;
  readonly operator: string;
  readonly currency: string;
  readonly at: (time: string) => Instant;
  readonly key: KeyOf;
}

/** Every order, cancellation and write-off of the day, at its minute. */
export function placeOrders(given: OrdersToPlace): readonly Action[] {
  return [...invoicesOf(given.orders.rows).flatMap((invoice) => fromInvoice(invoice, given)), ...produceOrders(given)];
}

/** An invoice is an order, or a cancellation, or a write-off of each of its lines; one that holds no goods gives nothing to do. */
function fromInvoice(invoice: RetailInvoice, given: OrdersToPlace): readonly Action[] {
  const { seed, network, at, key } = given;
  const { number, customer = UNKNOWN_CUSTOMER, time, country, lines } = invoice;
  const goods = lines.filter(({ value }) => value.kind === 'goods');
  const by = seed.shop.key;
  if (invoice.cancels) {
    if (goods.length === 0) return [];
    const cancelled = goods.map(({ value: { code, quantity } }, i) => ({ line: i + 1, itemCode: code, count: -quantity }));
    return [{ kind: 'cancel-lines', key: key('cancel', number), at: at(time), by, network, body: { merchantReference: number, customerReference: customer, lines: cancelled, source: goods[0]!.source } }];
  }
  const writeOffs = lines.filter(({ value }) => value.kind === 'write-off').map((row, i): Action => writeOff(row, `${number}-${i + 1}`, given));
  if (goods.length === 0) return writeOffs;
  const body = {
    merchantReference: number, customerReference: customer, country, ...pointOf(country, seed), minRemainingLifeDays: 0,
    lines: lines.flatMap((row, i) => (row.value.kind === 'goods' ? [orderLine(row.value, i + 1)] : [])),
    charges: lines.flatMap((row, i) => chargeOf(row.value, i + 1)),
    source: lines[0]!.source,
  };
  return [...writeOffs, { kind: 'place-order', key: key('order', number), at: at(time), by, order: number, network, body }];
}

function orderLine({ code, quantity, unitPrice }: RetailLine, line: number): OrderLine {
  return { line, itemCode: code, unit: PIECE, count: quantity, unitPriceAmount: unitPrice, currency: CURRENCY };
}

function chargeOf(value: RetailLine, line: number): readonly OrderCharge[] {
  const { kind, code, description, quantity, unitPrice } = value;
  if (kind === 'goods' || kind === 'write-off') return [];
  return [{ line, code, description: description || code, quantity, unitPriceAmount: unitPrice, currency: CURRENCY, kind: chargeKindFromJSON(`CHARGE_KIND_${kind.toUpperCase()}`), reason: outcomeOf(value).reason }];
}

function pointOf(country: string, { countries }: ShopSeed): Pick<SeedPosition<'country'>, 'latitudeE6' | 'longitudeE6'> {
  const point = countries.find((own) => own.country === country);
  if (!point) throw new RangeError(`the seed has no point for ${country}`);
  const { latitudeE6, longitudeE6 } = point;
  return { latitudeE6, longitudeE6 };
}

function writeOff({ source, value }: ParsedRow<RetailLine>, name: string, { seed, operator, at, key }: OrdersToPlace): Action {
  const place = seed.incidents.writeOffs.find(({ invoice }) => invoice === value.invoice);
  if (!place) throw new RangeError(`the seed says not where ${value.invoice} is written off`);
  return {
    kind: 'write-off', key: key('write-off', name), at: at(value.time), by: operator, centre: place.centre, owner: seed.shop.key, item: value.code, batch: place.batch,
    count: -value.quantity, reason: outcomeOf(value).reason, source,
  };
}

function produceOrders({ seed, sold, network, currency, at, key }: OrdersToPlace): readonly Action[] {
  return seed.produceOrders.flatMap((order): readonly Action[] => {
    const { reference, merchant: by, customer, row, code, count, unitPrice, minRemainingLifeDays, latitudeE6, longitudeE6, cancelledAt } = order;
    const goods = sold.find((own) => own.row === row);
    if (goods?.buyer !== by || goods.code !== code.toUpperCase()) throw new RangeError(`order ${reference} sells on what ${by} did not buy`);
    const line = { line: 1, itemCode: code, unit: unitOf(goods.tradeUnit), count: BigInt(count), unitPriceAmount: BigInt(unitPrice), currency };
    const body = { merchantReference: reference, customerReference: customer, country: 'Korea', latitudeE6, longitudeE6, minRemainingLifeDays, lines: [line], charges: [] };
    return [
      { kind: 'place-order', key: key('order', reference), at: at(order.at), by, order: reference, network, body },
      ...(cancelledAt === undefined ? [] : [{ kind: 'cancel-order', key: key('cancel', reference), at: at(cancelledAt), by, order: reference } as const]),
    ];
  });
}
