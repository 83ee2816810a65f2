import { Injectable } from '@nestjs/common';
import { systemClock } from '@naru/platform/clocks';
import { Database, date } from '@naru/platform/database';

const WINDOW_MS = 15 * 60_000;
/** Wrong passwords per account: enough for a person, too few to guess with. */
const PER_ACCOUNT = 5;
/** Wrong passwords per address, over all accounts: an office shares one. */
const PER_ADDRESS = 50;

/** Counts the attempt before the password is looked at, so that many at once cannot all slip under the limit. */
const COUNT = `
  insert into sign_in_attempts as a (key, attempts, window_ends_at) values ($1, 1, $3)
  on conflict (key) do update
     set attempts = case when a.window_ends_at <= $2 then 1 else a.attempts + 1 end,
         window_ends_at = case when a.window_ends_at <= $2 then excluded.window_ends_at else a.window_ends_at end
  returning attempts, window_ends_at as "endsAt"`;
const CLEAR = `delete from sign_in_attempts where key = $1`;
const GIVE_BACK = `update sign_in_attempts set attempts = greatest(attempts - 1, 0) where key = $1`;

function accountKey(login: string): string {
  return `account:${login}`;
}

function addressKey(address: string): string {
  return `address:${address}`;
}

/** Attempts to sign in, by account and by address, over all instances. */
@Injectable()
export class Attempts {
  constructor(private readonly database: Database) {}

  /** Counts an attempt. Gives the seconds to wait where there were too many, else undefined. */
  async begin(login: string, address: string): Promise<number | undefined> {
    const limits = [
      [accountKey(login), PER_ACCOUNT],
      [addressKey(address), PER_ADDRESS],
    ] as const;
    let wait: number | undefined;
    for (const [key, limit] of limits) {
      const now = systemClock.now();
      const [row] = await this.database.query<{ attempts: number; endsAt: number }>(COUNT, [key, date(now), date(now + WINDOW_MS)]);
      if (row!.attempts > limit) wait = Math.max(wait ?? 0, Math.ceil((row!.endsAt - now) / 1000));
    }
    return wait;
  }

  /** A right password takes its own attempt back, and the wrong ones before it on this account. */
  async succeed(login: string, address: string): Promise<void> {
    await this.database.query(CLEAR, [accountKey(login)]);
    await this.database.query(GIVE_BACK, [addressKey(address)]);
  }

  async deleteEnded(): Promise<void> {
    await this.database.query(`delete from sign_in_attempts where window_ends_at < $1`, [date(systemClock.now())]);
  }
}
