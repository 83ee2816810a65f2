import { type DescField, type DescMessage, getOption, hasOption, toJson } from '@bufbuild/protobuf';
import { registry } from '@naru/contracts/registry';
import type { Schema } from './schema.js';

/** What a rule of buf.validate becomes: keywords, sentences for what JSON Schema cannot say, and what else follows. */
export interface Ruled {
  readonly keywords: Schema;
  readonly sentences: readonly string[];
  /** Whether the zero value breaks the rule, so that leaving the field out does. */
  readonly refusesZero: boolean;
  /** Numbers of enum values that may not be given. */
  readonly excluded: ReadonlySet<number>;
  /** Rules of a list's items. */
  readonly items: Ruled | undefined;
}

type Rule = Readonly<Record<string, unknown>>;

interface Cel {
  readonly message?: string;
  readonly expression: string;
}

const FREE: Ruled = { keywords: {}, sentences: [], refusesZero: false, excluded: new Set(), items: undefined };
const INTEGERS = new Set(['int32', 'uint32', 'sint32', 'fixed32', 'sfixed32']);
const LONGS = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']);

function extension(name: string) {
  const found = registry.getExtension(name);
  if (!found?.message) throw new Error(`naru.binpb lacks the extension ${name}; generate again`);
  return { option: found, message: found.message };
}

const FIELD = extension('buf.validate.field');
const MESSAGE = extension('buf.validate.message');

/** The rules of a field. Throws for a rule that this page would hide. */
export function rulesOf(field: DescField): Ruled {
  if (!hasOption(field, FIELD.option)) return FREE;
  const rules = toJson(FIELD.message, getOption(field, FIELD.option) as never, { registry }) as Rule;
  return ruled(rules, `${field.parent.typeName}.${field.name}`);
}

/** What the rules over a whole message say, in their own words. */
export function messageRulesOf(message: DescMessage): readonly string[] {
  if (!hasOption(message, MESSAGE.option)) return [];
  return celSentences(toJson(MESSAGE.message, getOption(message, MESSAGE.option) as never, { registry }) as Rule);
}

function celSentences(rules: Rule): readonly string[] {
  return ((rules['cel'] ?? []) as readonly Cel[]).map((cel) => sentence(cel.message ?? cel.expression));
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function ruled(rules: Rule, where: string): Ruled {
  let result: Ruled = { ...FREE, sentences: celSentences(rules) };
  for (const [name, rule] of Object.entries(rules)) {
    if (name === 'cel') continue;
    const part = name === 'required' ? { ...FREE, refusesZero: true } : typeRules(name, rule as Rule, where);
    result = { ...part, sentences: [...result.sentences, ...part.sentences], refusesZero: result.refusesZero || part.refusesZero };
  }
  return result;
}

function typeRules(type: string, rule: Rule, where: string): Ruled {
  if (type === 'string') return stringRules(rule, where);
  if (INTEGERS.has(type)) return integerRules(rule, where);
  if (LONGS.has(type)) return longRules(rule, where);
  if (type === 'enum') return enumRules(rule, where);
  if (type === 'repeated') return listRules(rule, where);
  return unsayable(where, type);
}

function unsayable(where: string, rule: string): never {
  throw new Error(`${where}: the OpenAPI document has no words for the rule ${rule}`);
}

/** Throws for a rule that is not among `sayable`. */
function onlyOf(rule: Rule, sayable: readonly string[], where: string): void {
  for (const name of Object.keys(rule)) if (!sayable.includes(name)) unsayable(where, name);
}

function stringRules(rule: Rule, where: string): Ruled {
  onlyOf(rule, ['minLen', 'maxLen', 'pattern', 'uuid'], where);
  const { minLen, maxLen, pattern, uuid } = rule as { minLen?: string; maxLen?: string; pattern?: string; uuid?: boolean };
  const keywords: Schema = {
    ...(uuid ? { format: 'uuid' } : {}),
    ...(minLen === undefined ? {} : { minLength: Number(minLen) }),
    ...(maxLen === undefined ? {} : { maxLength: Number(maxLen) }),
    ...(pattern === undefined ? {} : { pattern }),
  };
  const refusesZero = uuid === true || Number(minLen ?? 0) > 0 || (pattern !== undefined && !new RegExp(pattern, 'u').test(''));
  return { ...FREE, keywords, refusesZero };
}

interface Bounds {
  readonly gt?: string | number;
  readonly gte?: string | number;
  readonly lt?: string | number;
  readonly lte?: string | number;
}

function boundsOf(rule: Rule, where: string): Bounds {
  onlyOf(rule, ['gt', 'gte', 'lt', 'lte'], where);
  return rule;
}

function excludesZero({ gt, gte, lt, lte }: Bounds): boolean {
  return (gt !== undefined && Number(gt) >= 0) || (gte !== undefined && Number(gte) > 0) || (lt !== undefined && Number(lt) <= 0) || (lte !== undefined && Number(lte) < 0);
}

function integerRules(rule: Rule, where: string): Ruled {
  const bounds = boundsOf(rule, where);
  const names = { gt: 'exclusiveMinimum', gte: 'minimum', lt: 'exclusiveMaximum', lte: 'maximum' } as const;
  const keywords: Schema = Object.fromEntries(Object.entries(bounds).map(([name, bound]) => [names[name as keyof Bounds], Number(bound)]));
  return { ...FREE, keywords, refusesZero: excludesZero(bounds) };
}

/** 64 bits travel as strings: their bounds are words, and a pattern where no sign is allowed. */
function longRules(rule: Rule, where: string): Ruled {
  const bounds = boundsOf(rule, where);
  const words = { gt: 'greater than', gte: 'at least', lt: 'less than', lte: 'at most' } as const;
  const limits = (['gt', 'gte', 'lt', 'lte'] as const).flatMap((name) => (bounds[name] === undefined ? [] : [`${words[name]} ${bounds[name]}`]));
  const unsigned = Number(bounds.gt ?? -1) >= 0 || Number(bounds.gte ?? -1) >= 0;
  return { ...FREE, keywords: unsigned ? { pattern: '^[0-9]{1,19}$' } : {}, sentences: [`Must be ${limits.join(' and ')}.`], refusesZero: excludesZero(bounds) };
}

function enumRules(rule: Rule, where: string): Ruled {
  onlyOf(rule, ['definedOnly', 'notIn'], where); // names alone are taken, so a value is always a defined one
  const excluded = new Set((rule['notIn'] ?? []) as readonly number[]);
  return { ...FREE, excluded, refusesZero: excluded.has(0) };
}

function listRules(rule: Rule, where: string): Ruled {
  onlyOf(rule, ['minItems', 'maxItems', 'unique', 'items'], where);
  const { minItems, maxItems, unique, items } = rule as { minItems?: string; maxItems?: string; unique?: boolean; items?: Rule };
  const keywords: Schema = {
    ...(minItems === undefined ? {} : { minItems: Number(minItems) }),
    ...(maxItems === undefined ? {} : { maxItems: Number(maxItems) }),
    ...(unique ? { uniqueItems: true } : {}),
  };
  return { ...FREE, keywords, refusesZero: Number(minItems ?? 0) > 0, items: items && ruled(items, where) };
}
