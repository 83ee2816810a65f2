import { Injectable } from '@nestjs/common';
import { Client } from '@naru/contracts/gen/naru/identity/v1/client_service';
import type { Instant } from '@naru/kernel/instant';
import { Database } from '@naru/platform/database';
import type { Queries } from '../queries.js';

interface ClientRow {
  readonly clientId: string;
  readonly organizationId: string;
  readonly name: string;
  readonly roles: string[];
  readonly registeredAt: Instant;
}

/** A client as the issuer sees it. */
export interface ClientCredentials {
  readonly client: Client;
  readonly secretSha256: Buffer;
}

const COLUMNS = `client_id as "clientId", organization_id as "organizationId", name, roles, registered_at as "registeredAt"`;
const FIND = `select ${COLUMNS}, secret_sha256 as "secretSha256" from clients where client_id = $1`;
const LIST = `select ${COLUMNS} from clients where organization_id = $1 and ($2::text is null or client_id > $2) order by client_id limit $3`;
const INSERT = `
  insert into clients (client_id, organization_id, name, secret_sha256, roles, registered_at) values ($1, $2, $3, $4, $5, $6)
  on conflict (client_id) do nothing returning client_id`;

function toClient({ clientId, organizationId, name, roles, registeredAt }: ClientRow): Client {
  return { clientId, organizationId, name, roles, registeredAt: new Date(registeredAt) };
}

@Injectable()
export class ClientStore {
  constructor(private readonly database: Database) {}

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

  async replaceSecret(tx: Queries, clientId: string, secretSha256: Buffer): Promise<void> {
    await tx.query(`update clients set secret_sha256 = $2 where client_id = $1 and secret_sha256 <> $2`, [clientId, secretSha256]);
  }
}
