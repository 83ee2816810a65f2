import { timeOfDay } from '@naru/kernel/instant';
import type { StreamedEvent } from '../api/events.js';
import { cut, padEnd, widthOf } from '../text/width.js';
import { AFTER_THE_HAMMER, type LineOf } from './event-lines-shop.js';
import { goodsText, kilograms, many, moneyText, text, words } from './event-text.js';

/** Place, what and code of each type of event. */
export const LINES: Readonly<Record<string, LineOf>> = {
  ...AFTER_THE_HAMMER,
  OrganizationRegistered: (d) => ['identity', `registered: ${text(d, 'name')}`, words([d['kind']], 'ORGANIZATION_KIND_')],
  AffiliationDeclared: () => ['identity', 'two organizations are affiliates', ''],
  MembershipGranted: () => ['identity', 'membership granted', ''],
  MembershipEnded: () => ['identity', 'membership ended', ''],
  ClientRegistered: (d) => ['identity', `client registered (${words(d['roles'], '')})`, ''],
  AccessRefused: (d) => ['identity', `access refused: ${text(d, 'method').split('/').at(-1)!}`, text(d, 'code')],
  ConsignmentRegistered: (d) => [text(d, 'marketCode'), `announced: ${goodsText(d)} × ${text(d, 'quantity')}`, text(d, 'code')],
  AppointmentBooked: (d) => [text(d, 'centreCode'), `truck booked with ${Array.isArray(d['noticeIds']) && d['noticeIds'].length > 0 ? many(d, 'noticeIds', 'notice') : many(d, 'consignmentIds', 'consignment')}`, text(d, 'code')],
  TruckGatedIn: (d) => [text(d, 'centreCode'), 'truck at the gate', text(d, 'code')],
  UnloadingFinished: (d) => [text(d, 'centreCode'), 'truck unloaded', text(d, 'code')],
  ConsignmentReceived: (d) => [text(d, 'centreCode'), `received ${text(d, 'counted')} units, ${kilograms(d, 'weighedGrams')} (${words(d['findings'], 'FINDING_')})`, text(d, 'receiptCode')],
  ConsignmentRefused: (d) => [text(d, 'centreCode'), `refused (${words(d['findings'], 'FINDING_')})`, text(d, 'receiptCode')],
  StockPutAway: (d) => [text(d, 'centreCode'), `put away at ${text(d, 'locationCode')}`, text(d, 'receiptCode')],
  LotListed: (d) => [text(d, 'marketCode'), `listed as no. ${text(d, 'position')}, start ${moneyText(d['startPrice'])}`, text(d, 'code')],
  LotOpened: (d) => [text(d, 'marketCode'), `open: ${goodsText(d)} × ${text(d, 'quantity')}, start ${moneyText(d['startPrice'])}`, text(d, 'code')],
  BidPlaced: (d) => [text(d, 'marketCode'), `bid ${text(d, 'sequence')}: ${moneyText(d['price'])}${d['leadChanged'] === true ? ', new leader' : ''}`, text(d, 'code')],
  LotSold: (d) => [text(d, 'marketCode'), `hammer: ${goodsText(d)} ${text(d, 'quantity')} × ${moneyText(d['price'])}`, text(d, 'code')],
  LotPassed: (d) => [text(d, 'marketCode'), `passed: ${goodsText(d)} (${words([d['reason']], '')})`, text(d, 'code')],
  LotWithdrawn: (d) => [text(d, 'marketCode'), `withdrawn: ${text(d, 'reason')}`, text(d, 'code')],
};

const PLACE_COLUMNS = 10;
const WHAT_COLUMNS = 58;

/** One line of the day: business time, place, what, code. */
export function eventLine(event: StreamedEvent, timeZone: string): string {
  const name = event.type.split('.').at(-1)!;
  const [place, whole, code] = LINES[name]?.(event.data) ?? ['', name, event.subject];
  const what = widthOf(whole) <= WHAT_COLUMNS ? whole : `${cut(whole, WHAT_COLUMNS - 1)}…`;
  return `${timeOfDay(Date.parse(event.time), timeZone)}  ${padEnd(place, PLACE_COLUMNS)}  ${code ? `${padEnd(what, WHAT_COLUMNS)}  ${code}` : what}`;
}
