import { accept, refuse, type Decision } from '@naru/kernel/decision';
import { isTimeZone } from '@naru/kernel/instant';
import type { TemperatureClass } from './temperature.js';

export type Capability = 'inland' | 'port' | 'airport' | 'bonded' | 'agricultural' | 'cold' | 'ecommerce';
export type LocationKind = 'bin' | 'rack' | 'floor' | 'dock_door' | 'packing_station';

export interface PlannedLocation {
  readonly code: string;
  readonly kind: LocationKind;
  readonly capacityGrams: bigint;
}

export interface PlannedZone {
  readonly code: string;
  readonly temperatureClass: TemperatureClass;
  readonly locations: readonly PlannedLocation[];
}

export interface CentrePlan {
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly capabilities: readonly Capability[];
  /** Where it stands, microdegrees of WGS 84. */
  readonly position?: { readonly latitudeE6: number; readonly longitudeE6: number } | undefined;
  readonly zones: readonly PlannedZone[];
}

export interface CentreOpened {
  readonly type: 'CentreOpened';
  readonly plan: CentrePlan;
}

/** The first code that stands twice. */
function repeated(codes: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return codes.find((code) => seen.size === seen.add(code).size);
}

/** Whether a centre may open with this plan: its zone is a real one, zone codes are unique, and so are location codes over the whole centre. */
export function createCentre(plan: CentrePlan): Decision<CentreOpened> {
  if (!isTimeZone(plan.timeZone)) return refuse('TIME_ZONE_UNKNOWN', { timeZone: plan.timeZone });
  const code = repeated(plan.zones.map((zone) => zone.code)) ?? repeated(plan.zones.flatMap((zone) => zone.locations.map((location) => location.code)));
  if (code !== undefined) return refuse('CODE_REPEATED', { code });
  return accept([{ type: 'CentreOpened', plan }]);
}
