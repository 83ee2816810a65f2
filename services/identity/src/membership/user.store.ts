import { Injectable } from '@nestjs/common';
import { User } from '@naru/contracts/gen/naru/identity/v1/membership_service';
import { Database } from '@naru/platform/database';
import type { Queries } from '../queries.js';

/** A user as sign-in sees it. */
export interface Credentials {
  readonly userId: string;
  readonly passwordHash: string;
}

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
    const [row] = await this.database.query<Credentials>(`select user_id as "userId", password_hash as "passwordHash" from users where login = $1`, [login]);
    return row;
  }

  async replaceHash(userId: string, passwordHash: string): Promise<void> {
    await this.database.query(`update users set password_hash = $2 where user_id = $1`, [userId, passwordHash]);
  }
}
