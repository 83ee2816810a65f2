import { Injectable } from '@nestjs/common';
import { refused } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { BEFORE_ALL, type Queries, type Viewer } from '../queries.js';
import type { Capability, CentrePlan, LocationKind } from './centre.js';
import type { TemperatureClass } from './temperature.js';

export interface ZoneRow {
  readonly zoneId: string;
  readonly centreId: string;
  readonly code: string;
  readonly temperatureClass: TemperatureClass;
}

export interface CentreRow {
  readonly centreId: string;
  readonly code: string;
  readonly name: string;
  readonly operatorId: string;
  readonly timeZone: string;
  readonly capabilities: readonly Capability[];
  readonly latitudeE6: number | null;
  readonly longitudeE6: number | null;
}

export type CentreWithZones = CentreRow & { readonly zones: readonly ZoneRow[] };

export interface LocationRow {
  readonly locationId: string;
  readonly centreId: string;
  readonly zoneId: string;
  readonly code: string;
  readonly kind: LocationKind;
  readonly temperatureClass: TemperatureClass;
  readonly capacityGrams: bigint;
  readonly occupiedGrams: bigint;
}

const CENTRE = `centre_id as "centreId", code, name, operator_organization_id as "operatorId", time_zone as "timeZone", capabilities,
  latitude_e6 as "latitudeE6", longitude_e6 as "longitudeE6"`;
const ZONE = `zone_id as "zoneId", centre_id as "centreId", code, temperature_class as "temperatureClass"`;
const LOCATION = `
  l.location_id as "locationId", l.centre_id as "centreId", l.zone_id as "zoneId", l.code, l.kind, z.temperature_class as "temperatureClass",
  l.capacity_grams as "capacityGrams", l.occupied_grams as "occupiedGrams"`;

@Injectable()
export class CentreStore {
  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
  ) {}

  /** Writes a new centre with its zones and locations. Refused with ALREADY_EXISTS when its code is taken. */
  async open(tx: Queries, plan: CentrePlan, operatorId: string, at: Instant): Promise<CentreWithZones> {
    const centreId = this.ids.next();
    const [centre] = await tx.query<CentreRow>(
      `insert into centres (centre_id, code, name, operator_organization_id, time_zone, capabilities, opened_at, latitude_e6, longitude_e6)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (code) do nothing returning ${CENTRE}`,
      [centreId, plan.code, plan.name, operatorId, plan.timeZone, plan.capabilities, date(at), plan.position?.latitudeE6 ?? null, plan.position?.longitudeE6 ?? null],
    );
    if (!centre) refused('ALREADY_EXISTS', { what: plan.code });
    const zones = plan.zones.map((zone) => ({ ...zone, zoneId: this.ids.next(), centreId }));
    await tx.query(
      `insert into zones (zone_id, centre_id, code, temperature_class)
       select z.zone_id, $1, z.code, z.class from unnest($2::uuid[], $3::text[], $4::text[]) as z (zone_id, code, class)`,
      [centreId, zones.map((zone) => zone.zoneId), zones.map((zone) => zone.code), zones.map((zone) => zone.temperatureClass)],
    );
    const locations = zones.flatMap((zone) => zone.locations.map((location) => ({ ...location, zoneId: zone.zoneId, locationId: this.ids.next() })));
    await tx.query(
      `insert into locations (location_id, centre_id, zone_id, code, kind, capacity_grams)
       select l.location_id, $1, l.zone_id, l.code, l.kind, l.capacity
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[]) as l (location_id, zone_id, code, kind, capacity)`,
      [
        centreId,
        locations.map((l) => l.locationId),
        locations.map((l) => l.zoneId),
        locations.map((l) => l.code),
        locations.map((l) => l.kind),
        locations.map((l) => l.capacityGrams),
      ],
    );
    return { ...centre, zones };
  }

  /** The centre, if it is the operator's; every centre for `undefined`. */
  async find(queries: Queries, centreId: string, operatorId: string | undefined): Promise<CentreRow | undefined> {
    const [centre] = await queries.query<CentreRow>(
      `select ${CENTRE} from centres where centre_id = $1 and ($2::uuid is null or operator_organization_id = $2)`,
      [centreId, operatorId ?? null],
    );
    return centre;
  }

  async findWithZones(centreId: string, operatorId: string | undefined): Promise<CentreWithZones | undefined> {
    const centre = await this.find(this.database, centreId, operatorId);
    return centre && (await this.#withZones([centre]))[0];
  }

  /** Up to `limit` centres after the id, of the operator or, for `undefined`, of all. */
  async list(operatorId: string | undefined, after: string | undefined, limit: number): Promise<readonly CentreWithZones[]> {
    const centres = await this.database.query<CentreRow>(
      `select ${CENTRE} from centres where centre_id > $1 and ($2::uuid is null or operator_organization_id = $2) order by centre_id limit $3`,
      [after ?? BEFORE_ALL, operatorId ?? null, limit],
    );
    return this.#withZones(centres);
  }

  async #withZones(centres: readonly CentreRow[]): Promise<readonly CentreWithZones[]> {
    const zones = await this.database.query<ZoneRow>(`select ${ZONE} from zones where centre_id = any($1::uuid[]) order by centre_id, code`, [
      centres.map((centre) => centre.centreId),
    ]);
    const byCentre = Map.groupBy(zones, (zone) => zone.centreId);
    return centres.map((centre) => ({ ...centre, zones: byCentre.get(centre.centreId) ?? [] }));
  }

  /** Up to `limit` locations after the id, of a centre that the viewer operates. */
  listLocations(viewer: Viewer, centreId: string, after: string | undefined, limit: number): Promise<readonly LocationRow[]> {
    return this.database.query<LocationRow>(
      `select ${LOCATION} from locations l join zones z using (zone_id) join centres c on c.centre_id = l.centre_id
        where l.centre_id = $1 and l.location_id > $2 and ($4 or c.operator_organization_id = $3)
        order by l.location_id limit $5`,
      [centreId, after ?? BEFORE_ALL, viewer.organizationId, viewer.system, limit],
    );
  }
}
