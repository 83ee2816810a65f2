import { Injectable } from '@nestjs/common';
import { refused } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import { BEFORE_ALL, type Queries, type Viewer } from '../queries.js';

export interface NetworkRow {
  readonly networkId: string;
  readonly code: string;
  readonly name: string;
  readonly operatorId: string;
  readonly holdMs: bigint;
  readonly centreIds: readonly string[];
}

/** A centre of a network, as an order's way is chosen by it. */
export interface NetworkCentre {
  readonly centreId: string;
  readonly code: string;
  readonly latitudeE6: number | null;
  readonly longitudeE6: number | null;
}

const NETWORK = `
  n.network_id as "networkId", n.code, n.name, n.operator_organization_id as "operatorId", n.hold_ms as "holdMs",
  array(select centre_id::text from network_centres c where c.network_id = n.network_id order by centre_id) as "centreIds"`;
/** Parameters 1 and 2 are the viewer's. */
const SEEN = `($2 or n.operator_organization_id = $1 or exists (select 1 from network_merchants m where m.network_id = n.network_id and m.merchant_organization_id = $1))`;

@Injectable()
export class NetworkStore {
  /** Networks by who sells from them. Neither changes once made, and no merchant is sent away. */
  readonly #sold = new Map<string, NetworkRow>();

  constructor(private readonly database: Database) {}

  /** Writes a new network. Refused with ALREADY_EXISTS when its code is taken, with NOT_FOUND when a centre is not the operator's. */
  async create(tx: Queries, network: NetworkRow, at: Instant): Promise<void> {
    const own = await tx.query(`select 1 from centres where centre_id = any($1::uuid[]) and operator_organization_id = $2`, [network.centreIds, network.operatorId]);
    if (own.length < network.centreIds.length) refused('NOT_FOUND');
    const made = await tx.query(
      `insert into networks (network_id, code, name, operator_organization_id, hold_ms, created_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (code) do nothing returning 1`,
      [network.networkId, network.code, network.name, network.operatorId, network.holdMs, date(at)],
    );
    if (made.length === 0) refused('ALREADY_EXISTS', { what: network.code });
    await tx.query('insert into network_centres (network_id, centre_id) select $1, c from unnest($2::uuid[]) as c', [network.networkId, network.centreIds]);
  }

  async admit(tx: Queries, networkId: string, merchantId: string, at: Instant): Promise<void> {
    await tx.query('insert into network_merchants (network_id, merchant_organization_id, admitted_at) values ($1, $2, $3) on conflict do nothing', [networkId, merchantId, date(at)]);
  }

  async find(queries: Queries | undefined, viewer: Viewer, networkId: string): Promise<NetworkRow | undefined> {
    const [row] = await (queries ?? this.database).query<NetworkRow>(`select ${NETWORK} from networks n where n.network_id = $3 and ${SEEN}`, [
      viewer.organizationId,
      viewer.system,
      networkId,
    ]);
    return row;
  }

  list(viewer: Viewer, after: string | undefined, limit: number): Promise<readonly NetworkRow[]> {
    return this.database.query<NetworkRow>(`select ${NETWORK} from networks n where n.network_id > $3 and ${SEEN} order by n.network_id limit $4`, [
      viewer.organizationId,
      viewer.system,
      after ?? BEFORE_ALL,
      limit,
    ]);
  }

  /** The network, if the merchant sells from it; NOT_FOUND otherwise. */
  async sold(merchantId: string, networkId: string, queries?: Queries): Promise<NetworkRow> {
    const known = this.#sold.get(`${merchantId} ${networkId}`);
    if (known) return known;
    const [row] = await (queries ?? this.database).query<NetworkRow>(
      `select ${NETWORK} from networks n join network_merchants m using (network_id) where n.network_id = $1 and m.merchant_organization_id = $2`,
      [networkId, merchantId],
    );
    if (!row) refused('NOT_FOUND');
    this.#sold.set(`${merchantId} ${networkId}`, row);
    return row;
  }

  /** Of these items those that are a merchant's own or in the catalogue of the network's operator: their places. */
  async placesOfKnown(tx: Queries, keys: readonly { readonly networkId: string; readonly ownerId: string; readonly itemId: string }[]): Promise<ReadonlySet<number>> {
    if (keys.length === 0) return new Set();
    const rows = await tx.query<{ place: number }>(
      `select place::int as place from unnest($1::uuid[], $2::uuid[], $3::uuid[]) with ordinality as k (network_id, owner, item_id, place)
         join items i using (item_id) join networks n using (network_id)
        where i.operator_organization_id in (k.owner, n.operator_organization_id)`,
      [keys.map((k) => k.networkId), keys.map((k) => k.ownerId), keys.map((k) => k.itemId)],
    );
    return new Set(rows.map(({ place }) => place - 1));
  }

  centresOf(queries: Queries, networkId: string): Promise<readonly NetworkCentre[]> {
    return queries.query<NetworkCentre>(
      `select centre_id as "centreId", code, latitude_e6 as "latitudeE6", longitude_e6 as "longitudeE6" from network_centres join centres using (centre_id) where network_id = $1 order by code`,
      [networkId],
    );
  }
}
