import { accept, refuse, type Decision } from '@naru/kernel/decision';
import type { Appointment, Booking } from '../appointment/appointment.js';
import { isTooWarm, type TemperatureClass, type TemperatureTable } from '../centre/temperature.js';
import type { StockStatus } from '../stock/ledger.js';

export type Condition = 'sound' | 'damaged' | 'wrong_goods';
export type Disposition = 'accept' | 'accept_under_reserve' | 'refuse';
/** Expected goods are received or refused once. */
export type ExpectedPhase = 'expected' | 'received' | 'refused';
export type Finding = 'as_expected' | 'short' | 'over' | 'damaged' | 'wrong_goods' | 'too_warm' | 'unannounced';

/** Where goods were announced: as a consignment of the market, or as a line of a merchant's notice. */
export type GoodsSource =
  | { readonly kind: 'consignment'; readonly consignmentId: string }
  | { readonly kind: 'notice'; readonly noticeId: string; readonly line: number };

/** Goods as they were announced. */
export interface ExpectedGoods {
  readonly source: GoodsSource;
  readonly phase: ExpectedPhase;
  /** Trade units; absent for a line of a notice that nobody announced. */
  readonly count?: bigint;
  /** The event that told of their receipt, once they are received or refused. */
  readonly settledBy?: string;
}

/** What the people at the door found. */
export interface ObservedLine {
  /** Trade units. */
  readonly count: bigint;
  readonly grams: bigint;
  /** Number of the verified scale's ticket. */
  readonly scaleTicket: string;
  /** Tenths of a degree Celsius at the core; absent where it was not taken. */
  readonly temperatureTenths?: number;
  readonly condition: Condition;
  readonly temperatureClass: TemperatureClass;
}

export type ReceiptEvent =
  | {
      readonly type: 'LineAccepted';
      readonly findings: readonly Finding[];
      readonly disposition: 'accept' | 'accept_under_reserve';
      readonly status: StockStatus;
      readonly doorLocationId: string;
    }
  | { readonly type: 'LineRefused'; readonly findings: readonly Finding[] };

function isAnnounced(truck: Booking, { source, count }: ExpectedGoods): boolean {
  if (count === undefined) return false;
  return source.kind === 'consignment' ? truck.consignmentIds.includes(source.consignmentId) : truck.noticeIds.includes(source.noticeId);
}

/**
 * What a line is found to be, several at once, in a fixed order; `as_expected` alone when there is nothing to say.
 * The weight is not judged against the announcement: the verified scale's weight is the weight of sale. Goods that came too cold are for the eye: `damaged`.
 */
export function findingsOf(truck: Booking, expected: ExpectedGoods, line: ObservedLine, table: TemperatureTable): readonly Finding[] {
  const found: Finding[] = [];
  if (expected.count !== undefined && line.count < expected.count) found.push('short');
  if (expected.count !== undefined && line.count > expected.count) found.push('over');
  if (line.condition === 'damaged') found.push('damaged');
  if (line.condition === 'wrong_goods') found.push('wrong_goods');
  if (line.temperatureTenths !== undefined && isTooWarm(table, line.temperatureClass, line.temperatureTenths)) found.push('too_warm');
  if (!isAnnounced(truck, expected)) found.push('unannounced');
  return found.length > 0 ? found : ['as_expected'];
}

/**
 * What may be done with a line.
 * - Sound goods as expected are taken: a wholesale market may not turn a consignment away without cause
 *   (Act on Distribution and Price Stabilization of Agricultural and Fishery Products, art. 38), and there is nothing to reserve.
 * - Wrong goods are refused, never taken under this name: a lot is a sealed dossier and would sell them as what they are not, and a merchant's orders
 *   would be picked from them. Who wants them taken announces what is really there, and that is received as its own.
 * - Everything else is for the centre to decide.
 */
export function allowedDispositions(findings: readonly Finding[]): readonly Disposition[] {
  if (findings.includes('wrong_goods')) return ['refuse'];
  if (findings.includes('as_expected')) return ['accept'];
  return ['accept', 'accept_under_reserve', 'refuse'];
}

/** The status that accepted goods enter the ledger with: broken ones as damaged, warm ones held until somebody has assessed them. */
function statusOf(findings: readonly Finding[]): StockStatus {
  if (findings.includes('damaged')) return 'damaged';
  return findings.includes('too_warm') ? 'held' : 'available';
}

/**
 * Judges a line of the truck at the door. A sound line as expected is accepted; anything else needs a disposition. Goods are received or
 * refused once; `undefined` when the announcement of a consignment has not come yet.
 */
export function receiveLine(
  truck: Appointment,
  expected: ExpectedGoods | undefined,
  line: ObservedLine,
  disposition: Disposition | undefined,
  table: TemperatureTable,
): Decision<ReceiptEvent> {
  if (truck.phase !== 'at_door') return refuse('APPOINTMENT_NOT_IN_PHASE', { phase: truck.phase, needed: 'at_door' });
  if (!expected) return refuse('CONSIGNMENT_UNKNOWN');
  if (expected.phase !== 'expected') {
    const code = expected.source.kind === 'consignment' ? 'CONSIGNMENT_ALREADY_RECEIVED' : 'NOTICE_LINE_ALREADY_RECEIVED';
    return refuse(code, {}, expected.settledBy === undefined ? [] : [expected.settledBy]);
  }
  if (line.grams > 0n && line.scaleTicket.trim() === '') return refuse('SCALE_TICKET_NEEDED');
  const findings = findingsOf(truck, expected, line, table);
  const allowed = allowedDispositions(findings);
  const chosen = disposition ?? (findings.includes('as_expected') ? 'accept' : undefined);
  if (!chosen) return refuse('DISPOSITION_NEEDED', { findings: findings.join(', ') });
  if (!allowed.includes(chosen)) return refuse('DISPOSITION_NOT_ALLOWED', { findings: findings.join(', '), allowed: allowed.join(', ') });
  if (chosen === 'refuse') return accept([{ type: 'LineRefused', findings }]);
  if (line.count <= 0n || line.grams <= 0n) return refuse('NOTHING_TO_ACCEPT');
  return accept([{ type: 'LineAccepted', findings, disposition: chosen, status: statusOf(findings), doorLocationId: truck.doorLocationId }]);
}
