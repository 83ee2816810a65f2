import { type Money, formatMinor } from '@naru/kernel/money';
import { cut, widthOf } from '../text/width.js';

/** The fields of an event as the stream has them. */
export type Data = Record<string, unknown>;

export function text(data: Data, name: string): string {
  const value = data[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function moneyText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '–';
  const { currency, amount } = value as { currency: string; amount: string };
  return `${formatMinor({ currency, amount: BigInt(amount) } satisfies Money)} ${currency}`;
}

/** Goods take no more columns than this: the figures behind them must stay in sight. */
const GOODS_COLUMNS = 27;

export function goodsText(data: Data): string {
  const goods = data['goods'] as Data | undefined;
  if (!goods) return '';
  const whole = [goods['item'], goods['variety'], goods['grade']].filter(Boolean).join(' ');
  return widthOf(whole) <= GOODS_COLUMNS ? whole : `${cut(whole, GOODS_COLUMNS - 1)}…`;
}

/** `EVENT_NAME` as words: the enum value without its prefix, in lower case. */
export function words(values: unknown, prefix: string): string {
  return Array.isArray(values) ? values.map((value) => String(value).replace(prefix, '').toLowerCase().replaceAll('_', ' ')).join(', ') : '';
}

export const kilograms = (data: Data, name: string): string => `${(Number(text(data, name)) / 1000).toLocaleString('en-US')} kg`;

/** A number of things, in words: `1 line`, `3 lines`. */
export function many(data: Data, name: string, noun: string): string {
  const value = data[name];
  const count = Array.isArray(value) ? value.length : Number(text(data, name) || 0);
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
