import { Controller } from '@nestjs/common';
import {
  AppointmentServiceService,
  type BookAppointmentRequest,
  type BookAppointmentResponse,
  type CallToDoorRequest,
  type CallToDoorResponse,
  type FinishUnloadingRequest,
  type FinishUnloadingResponse,
  type GetAppointmentRequest,
  type GetAppointmentResponse,
  type ListAppointmentsRequest,
  type ListAppointmentsResponse,
  type RecordGateInRequest,
  type RecordGateInResponse,
} from '@naru/contracts/gen/naru/warehousing/v1/appointment_service';
import { type Decision, eventsOf, refused } from '@naru/kernel/decision';
import { businessDayOf } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { PageTokens } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { CentreStore } from '../centre/centre.store.js';
import { catalogueOf } from '../centre/viewing.js';
import { nextCode } from '../code-counter.js';
import { NoticeStore } from '../notice/notice.store.js';
import { type AppointmentEvent, bookAppointment, callToDoor, evolve, finishUnloading, missedAt, recordGateIn } from './appointment.js';
import { bookedFact, factsOf } from './appointment.events.js';
import { toAppointmentMessage } from './appointment.message.js';
import { AppointmentStore, type StoredAppointment } from './appointment.store.js';
import { NoShowTimer } from './no-show.timer.js';

@Controller()
export class AppointmentController {
  constructor(
    private readonly appointments: AppointmentStore,
    private readonly centres: CentreStore,
    private readonly notices: NoticeStore,
    private readonly noShowTimer: NoShowTimer,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Command(AppointmentServiceService.bookAppointment)
  async bookAppointment(request: BookAppointmentRequest, call: CommandCall): Promise<BookAppointmentResponse> {
    const { tx, caller } = call;
    const now = this.time.now();
    const centre = (await this.centres.find(tx, request.centreId, catalogueOf(caller))) ?? refused('NOT_FOUND');
    const booking = {
      windowStartsAt: request.windowStartsAt!.getTime(),
      windowEndsAt: request.windowEndsAt!.getTime(),
      consignmentIds: request.consignmentIds,
      noticeIds: request.noticeIds,
    };
    eventsOf(bookAppointment(booking, now));
    const unknown = await this.notices.unknownAt(tx, centre.centreId, booking.noticeIds);
    if (unknown !== undefined) refused('NOTICE_UNKNOWN', { noticeId: unknown });
    const appointment: StoredAppointment = {
      appointmentId: this.ids.next(),
      code: await nextCode(tx, 'APT', businessDayOf(now, centre.timeZone)),
      centreId: centre.centreId,
      centreCode: centre.code,
      timeZone: centre.timeZone,
      operatorId: centre.operatorId,
      carrierId: caller.organizationId,
      vehicleRegistration: request.vehicleRegistration,
      state: { phase: 'booked', ...booking },
    };
    this.appointments.book(tx, appointment, appointment.state, now);
    await this.outbox.publish(tx, [bookedFact(appointment, now)]);
    tx.afterCommit(() => this.noShowTimer.set(appointment.appointmentId, missedAt(booking)));
    return { appointment: toAppointmentMessage(appointment) };
  }

  @Command(AppointmentServiceService.recordGateIn)
  async recordGateIn(request: RecordGateInRequest, call: CommandCall): Promise<RecordGateInResponse> {
    const appointment = await this.#decide(call, request.appointmentId, async ({ state }) => recordGateIn(state, this.time.now()));
    call.tx.afterCommit(() => this.noShowTimer.clear(request.appointmentId));
    return { appointment: toAppointmentMessage(appointment) };
  }

  @Command(AppointmentServiceService.callToDoor)
  async callToDoor(request: CallToDoorRequest, call: CommandCall): Promise<CallToDoorResponse> {
    const appointment = await this.#decide(call, request.appointmentId, async ({ state, centreId }) =>
      callToDoor(state, await this.appointments.lockDoor(call.tx, centreId, request.doorLocationId)),
    );
    return { appointment: toAppointmentMessage(appointment) };
  }

  @Command(AppointmentServiceService.finishUnloading)
  async finishUnloading(request: FinishUnloadingRequest, call: CommandCall): Promise<FinishUnloadingResponse> {
    const appointment = await this.#decide(call, request.appointmentId, async ({ state }) =>
      finishUnloading(state, await this.appointments.unloaded(call.tx, request.appointmentId, state.noticeIds), this.time.now()),
    );
    return { appointment: toAppointmentMessage(appointment) };
  }

  @Rpc(AppointmentServiceService.getAppointment)
  async getAppointment(request: GetAppointmentRequest, call: Call): Promise<GetAppointmentResponse> {
    const appointment = (await this.appointments.find(call.caller, request.appointmentId)) ?? refused('NOT_FOUND');
    return { appointment: toAppointmentMessage(appointment) };
  }

  @Rpc(AppointmentServiceService.listAppointments)
  async listAppointments(request: ListAppointmentsRequest, call: Call): Promise<ListAppointmentsResponse> {
    const { items, nextPageToken } = await this.pages.page(request, 'appointments', call.caller.organizationId,
      (after, limit) => this.appointments.list(call.caller, after, limit), (appointment) => appointment.appointmentId);
    return { appointments: items.map(toAppointmentMessage), nextPageToken };
  }

  /** Locks the appointment, lets the core decide, saves and publishes. */
  async #decide(
    call: CommandCall,
    appointmentId: string,
    decide: (appointment: StoredAppointment) => Promise<Decision<AppointmentEvent>>,
  ): Promise<StoredAppointment> {
    const appointment = (await this.appointments.lock(call.tx, call.caller, appointmentId)) ?? refused('NOT_FOUND');
    const events = eventsOf(await decide(appointment));
    const after = { ...appointment, state: events.reduce(evolve, appointment.state) };
    this.appointments.save(call.tx, appointmentId, after.state);
    await this.outbox.publish(
      call.tx,
      events.flatMap((event) => factsOf(after, event)),
    );
    return after;
  }
}
