import { Injectable } from '@nestjs/common';
import { eventsOf } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { Database } from '@naru/platform/database';
import { ServiceContext } from '@naru/platform/service-context';
import { BEFORE_ALL, type Viewer } from '../queries.js';
import { evolve, missedAt, missTruck } from './appointment.js';
import { AppointmentStore } from './appointment.store.js';

/** The service acts for no organization; statements want a UUID all the same. */
const ITSELF: Viewer = { organizationId: BEFORE_ALL, system: true };

/** Ends the wait for trucks that never come. Its timers are set again from the table at each start. */
@Injectable()
export class NoShowTimer {
  readonly #cancels = new Map<string, () => void>();

  constructor(
    private readonly appointments: AppointmentStore,
    private readonly database: Database,
    private readonly time: BusinessTime,
    private readonly context: ServiceContext,
  ) {
    context.onStart(async () => {
      for (const { appointmentId, windowEndsAt } of await appointments.awaited()) this.set(appointmentId, missedAt({ windowEndsAt }));
    });
    context.onStop(async () => {
      for (const cancel of this.#cancels.values()) cancel();
    });
  }

  /** Waits for the truck until `due`. */
  set(appointmentId: string, due: Instant): void {
    this.#cancels.set(
      appointmentId,
      this.time.at(due, () => this.#miss(appointmentId)),
    );
  }

  /** The truck has come. */
  clear(appointmentId: string): void {
    this.#cancels.get(appointmentId)?.();
    this.#cancels.delete(appointmentId);
  }

  async #miss(appointmentId: string): Promise<void> {
    this.#cancels.delete(appointmentId);
    try {
      await this.database.transaction(async (tx) => {
        const appointment = await this.appointments.lock(tx, ITSELF, appointmentId);
        if (!appointment) return;
        const events = eventsOf(missTruck(appointment.state, this.time.now()));
        if (events.length > 0) this.appointments.save(tx, appointmentId, events.reduce(evolve, appointment.state));
      });
    } catch (error) {
      this.context.log('error', 'a missed truck could not be recorded; the next start tries again', { appointmentId, error: String(error) });
    }
  }
}
