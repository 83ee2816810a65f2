import { Controller } from '@nestjs/common';
import {
  type ConfirmReservationRequest,
  type ConfirmReservationResponse,
  type CreateReservationRequest,
  type CreateReservationResponse,
  type GetReservationRequest,
  type GetReservationResponse,
  type ListReservationsRequest,
  type ListReservationsResponse,
  ReservationServiceService,
  type ReleaseReservationRequest,
  type ReleaseReservationResponse,
} from '@naru/contracts/gen/naru/warehousing/v1/reservation_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import { BusinessTime } from '@naru/platform/business-time';
import { Outbox } from '@naru/platform/outbox';
import { PageTokens } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { Promising } from './promising.shell.js';
import { confirmReservation, releaseReservation } from './reservation.js';
import { confirmedFact } from './reservation.events.js';
import { toReservationMessage } from './reservation.message.js';
import { ReservationStore } from './reservation.store.js';
import { ReservationTurnstile } from './reservation.turnstile.js';

@Controller()
export class ReservationController {
  constructor(
    private readonly turnstile: ReservationTurnstile,
    private readonly reservations: ReservationStore,
    private readonly promising: Promising,
    private readonly outbox: Outbox,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Rpc(ReservationServiceService.createReservation)
  createReservation(request: CreateReservationRequest, call: Call): Promise<CreateReservationResponse> {
    return this.turnstile.hold(request, call);
  }

  @Command(ReservationServiceService.confirmReservation)
  async confirmReservation({ reservationId }: ConfirmReservationRequest, { tx, caller }: CommandCall): Promise<ConfirmReservationResponse> {
    const now = this.time.now();
    if (!(await this.reservations.find(tx, caller, reservationId))) refused('NOT_FOUND');
    const [open] = await this.reservations.lockOpen(tx, [reservationId]);
    eventsOf(confirmReservation(open ?? (await this.reservations.byId(tx, reservationId))!, now));
    const confirmed = await this.reservations.confirm(tx, reservationId);
    await this.outbox.publish(tx, [confirmedFact(confirmed, now)]);
    return { reservation: toReservationMessage(confirmed) };
  }

  @Command(ReservationServiceService.releaseReservation)
  async releaseReservation({ reservationId }: ReleaseReservationRequest, { tx, caller }: CommandCall): Promise<ReleaseReservationResponse> {
    const now = this.time.now();
    if (!(await this.reservations.find(tx, caller, reservationId))) refused('NOT_FOUND');
    const [open] = await this.reservations.lockOpen(tx, [reservationId]);
    const reservation = open ?? (await this.reservations.byId(tx, reservationId))!;
    eventsOf(releaseReservation(reservation));
    const losses = await this.promising.giveBack(tx, [{ reservationId, count: reservation.count }], 'released', { reason: 'RELEASED', why: [] }, now);
    await this.promising.promiseWaiting(tx, losses.map((loss) => loss.reservation), now);
    return { reservation: toReservationMessage((await this.reservations.byId(tx, reservationId))!) };
  }

  @Rpc(ReservationServiceService.getReservation)
  async getReservation(request: GetReservationRequest, call: Call): Promise<GetReservationResponse> {
    return { reservation: toReservationMessage((await this.reservations.get(call.caller, request.reservationId)) ?? refused('NOT_FOUND')) };
  }

  @Rpc(ReservationServiceService.listReservations)
  async listReservations(request: ListReservationsRequest, call: Call): Promise<ListReservationsResponse> {
    const { items, nextPageToken } = await this.pages.page(request, 'reservations', call.caller.organizationId,
      (after, limit) => this.reservations.list(call.caller, after, limit), (reservation) => reservation.reservationId);
    return { reservations: items.map(toReservationMessage), nextPageToken };
  }
}
