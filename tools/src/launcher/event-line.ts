import { timeOfDay } from '@naru/kernel/instant';
import { type Money, formatMinor } from '@naru/kernel/money';
import { cut, padEnd, widthOf } from '../text/width.js';
import type { StreamedEvent } from '../api/events.js';

type Data = Record<string, unknown>;

function text(data: Data, name: string): string {
  const value = data[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function moneyText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '–';
  const { currency, amount } = value as { currency: string; amount: string };
  return `${formatMinor({ currency, amount: BigInt(amount) } satisfies Money)} ${currency}`;
}

/** Goods take no more columns than this: the figures behind them must stay in sight. */
const GOODS_COLUMNS = 27;

function goodsText(data: Data): string {
  const goods = data['goods'] as Data | undefined;
  if (!goods) return '';
  const whole = [goods['item'], goods['variety'], goods['grade']].filter(Boolean).join(' ');
  return widthOf(whole) <= GOODS_COLUMNS ? whole : `${cut(whole, GOODS_COLUMNS - 1)}…`;
}

/** `EVENT_NAME` as words: the enum value without its prefix, in lower case. */
function words(values: unknown, prefix: string): string {
  return Array.isArray(values) ? values.map((value) => String(value).replace(prefix, '').toLowerCase().replaceAll('_', ' ')).join(', ') : '';
}

const kilograms = (data: Data, name: string): string => `${(Number(text(data, name)) / 1000).toLocaleString('en-US')} kg`;

/** Place, what and code of each type of event. */
export const LINES: Readonly<Record<string, (data: Data) => readonly [place: string, what: string, code: string]>> = {
  OrganizationRegistered: (d) => ['identity', `registered: ${text(d, 'name')}`, words([d['kind']], 'ORGANIZATION_KIND_')],
  AffiliationDeclared: () => ['identity', 'two organizations are affiliates', ''],
  MembershipGranted: () => ['identity', 'membership granted', ''],
  MembershipEnded: () => ['identity', 'membership ended', ''],
  ClientRegistered: (d) => ['identity', `client registered (${words(d['roles'], '')})`, ''],
  AccessRefused: (d) => ['identity', `access refused: ${text(d, 'method').split('/').at(-1)!}`, text(d, 'code')],
  ConsignmentRegistered: (d) => [text(d, 'marketCode'), `announced: ${goodsText(d)} × ${text(d, 'quantity')}`, text(d, 'code')],
  AppointmentBooked: (d) => [text(d, 'centreCode'), `truck booked with ${(d['consignmentIds'] as unknown[]).length} consignments`, text(d, 'code')],
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
  const [place, what, code] = LINES[name]?.(event.data) ?? ['', name, event.subject];
  return `${timeOfDay(Date.parse(event.time), timeZone)}  ${padEnd(place, PLACE_COLUMNS)}  ${code ? `${padEnd(what, WHAT_COLUMNS)}  ${code}` : what}`;
}
