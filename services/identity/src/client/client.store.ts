import { Injectable } from '@nestjs/common';
import { Client } from '@naru/contracts/gen/naru/identity/v1/client_service';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import type { Queries } from '../queries.js';

interface ClientRow {
  readonly clientId: string;
  readonly organizationId: string;
  readonly name: string;
  readonly roles: string[];
  readonly registeredAt: Instant;
  readonly disabledAt: Instant | null;
}

/** A client as the issuer sees it. */
export interface ClientCredentials {
  readonly client: Client;
  readonly secretSha256: Buffer;
}

const COLUMNS = `client_id as "clientId", organization_id as "organizationId", name, roles, registered_at as "registeredAt", disabled_at as "disabledAt"`;
const FIND = `select ${COLUMNS}, secret_sha256 as "secretSha256" from clients where client_id = $1 and disabled_at is null`;
const FIND_OWN = `select ${COLUMNS} from clients where organization_id = $1 and client_id = $2`;
const LIST = `select ${COLUMNS} from clients where organization_id = $1 and ($2::text is null or client_id > $2) order by client_id limit $3`;
const INSERT = `
  insert into clients (client_id, organization_id, name, secret_sha256, roles, registered_at) values ($1, $2, $3, $4, $5, $6)
  on conflict (client_id) do nothing returning client_id`;

function toClient({ clientId, organizationId, name, roles, registeredAt, disabledAt }: ClientRow): Client {
  return { clientId, organizationId, name, roles, registeredAt: new Date(registeredAt), disabledAt: disabledAt === null ? undefined : new Date(disabledAt) };
}

@Injectable()
export class ClientStore {
  constructor(private readonly database: Database) {}

  /** A client that may get tokens. */
  async find(clientId: string): Promise<ClientCredentials | undefined> {
    const [row] = await this.database.query<ClientRow & { secretSha256: Buffer }>(FIND, [clientId]);
    return row && { client: toClient(row), secretSha256: row.secretSha256 };
  }

  async list(organizationId: string, page: { after: string | undefined; limit: number }): Promise<Client[]> {
    return (await this.database.query<ClientRow>(LIST, [organizationId, page.after ?? null, page.limit])).map(toClient);
  }

  /** Writes the client; false when its id is taken. */
  async insert(tx: Queries, client: Client, secretSha256: Buffer): Promise<boolean> {
    const rows = await tx.query(INSERT, [client.clientId, client.organizationId, client.name, secretSha256, client.roles, client.registeredAt]);
    return rows.length > 0;
  }

  /** A client of the organization, disabled or not. */
  async findOwn(tx: Queries, organizationId: string, clientId: string): Promise<Client | undefined> {
    const [row] = await tx.query<ClientRow>(FIND_OWN, [organizationId, clientId]);
    return row && toClient(row);
  }

  /** Gives the client another secret; false when it has this one already. */
  async replaceSecret(tx: Queries, clientId: string, secretSha256: Buffer): Promise<boolean> {
    return (await tx.query(`update clients set secret_sha256 = $2 where client_id = $1 and secret_sha256 <> $2 returning client_id`, [clientId, secretSha256])).length > 0;
  }

  async disable(tx: Queries, clientId: string, at: Instant): Promise<Client> {
    const [row] = await tx.query<ClientRow>(`update clients set disabled_at = $2 where client_id = $1 returning ${COLUMNS}`, [clientId, date(at)]);
    return toClient(row!);
  }
}
