import { Injectable } from '@nestjs/common';
import { User } from '@naru/contracts/gen/naru/identity/v1/membership_service';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import type { Queries } from '../queries.js';

/** A user as sign-in sees it. */
export interface Credentials {
  readonly userId: string;
  readonly passwordHash: string;
}

interface UserRow {
  readonly userId: string;
  readonly login: string;
  readonly name: string;
  readonly registeredAt: Instant;
  readonly disabledAt: Instant;
  readonly wasDisabled: boolean;
}

const DISABLE = `
  update users u set disabled_at = coalesce(u.disabled_at, $2)
    from (select user_id, disabled_at is not null as was from users where user_id = $1 for update) before
   where u.user_id = before.user_id
  returning u.user_id as "userId", u.login, u.name, u.registered_at as "registeredAt", u.disabled_at as "disabledAt", before.was as "wasDisabled"`;
const INSERT = `
  insert into users (user_id, login, name, password_hash, registered_at) values ($1, $2, $3, $4, $5)
  on conflict (login) do nothing returning user_id`;

@Injectable()
export class UserStore {
  constructor(private readonly database: Database) {}

  /** Writes the user; false when its login is taken. */
  async insert(tx: Queries, user: User, passwordHash: string): Promise<boolean> {
    const rows = await tx.query(INSERT, [user.userId, user.login, user.name, passwordHash, user.registeredAt]);
    return rows.length > 0;
  }

  async exists(tx: Queries, userId: string): Promise<boolean> {
    return (await tx.query(`select from users where user_id = $1`, [userId])).length > 0;
  }

  async findCredentials(login: string): Promise<Credentials | undefined> {
    const [row] = await this.database.query<Credentials>(`select user_id as "userId", password_hash as "passwordHash" from users where login = $1 and disabled_at is null`, [login]);
    return row;
  }

  /** Ends the user; gives the user and whether it was this call that did. Undefined for an unknown one. */
  async disable(tx: Queries, userId: string, at: Instant): Promise<{ readonly user: User; readonly changed: boolean } | undefined> {
    const [row] = await tx.query<UserRow>(DISABLE, [userId, date(at)]);
    if (!row) return undefined;
    const { registeredAt, disabledAt, wasDisabled, ...rest } = row;
    return { user: User.fromPartial({ ...rest, registeredAt: new Date(registeredAt), disabledAt: new Date(disabledAt) }), changed: !wasDisabled };
  }

  async replaceHash(userId: string, passwordHash: string): Promise<void> {
    await this.database.query(`update users set password_hash = $2 where user_id = $1`, [userId, passwordHash]);
  }
}
