import pg from 'pg';
import type { Instant } from '@naru/kernel/instant';
import { ScenarioClock } from '@naru/platform/clocks';

/** How far ahead of the real-time clock the stored mark is: a killed system starts again no more than this later. */
const AHEAD_MS = 3000;
const TICK_MS = 200;

/**
 * The business clock of a scenario with its high-water mark in the database. The mark is stored before the clock moves,
 * so that a system that was killed never starts at an earlier instant than one it has seen.
 */
export class StoredClock {
  private constructor(
    readonly clock: ScenarioClock,
    private readonly pool: pg.Pool,
    private mark: Instant,
  ) {}

  /** Opens the clock at its mark, or at `start` when it has none yet. */
  static async open(adminUrl: string, start: Instant): Promise<StoredClock> {
    // The mark waits for no flush: what is committed later, under the time it stands for, brings it to the disk first.
    const pool = new pg.Pool({ connectionString: adminUrl, max: 1, options: '-c synchronous_commit=off' });
    pool.on('error', () => {}); // a lost idle connection is replaced; a lost busy one fails its query
    await pool.query('create table if not exists public.business_clock (one boolean primary key default true check (one), mark bigint not null)');
    const { rows } = await pool.query<{ mark: string }>('insert into public.business_clock (mark) values ($1) on conflict (one) do update set mark = business_clock.mark returning mark', [start]);
    const mark = Number(rows[0]!.mark);
    return new StoredClock(new ScenarioClock(mark), pool, mark);
  }

  now(): Instant {
    return this.clock.now();
  }

  async #store(target: Instant): Promise<void> {
    if (target <= this.mark) return;
    await this.pool.query('update public.business_clock set mark = $1 where mark < $1', [target]);
    this.mark = target;
  }

  /** Moves the clock to `target`, running what is due on the way. */
  async advanceTo(target: Instant): Promise<void> {
    await this.#store(target);
    await this.clock.advanceTo(target);
  }

  /** Lets the clock run in real time until `signal` aborts: after the scenario is over. */
  async run(signal: AbortSignal): Promise<void> {
    let last = Date.now();
    while (!signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
      const passed = Date.now() - last;
      last += passed;
      const target = this.clock.now() + passed;
      if (target > this.mark) await this.#store(target + AHEAD_MS);
      await this.clock.advanceTo(target);
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
