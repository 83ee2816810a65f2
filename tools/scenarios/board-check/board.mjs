// The board that a scenario's day must come to, from its files alone.
//
// Reads the published prices and the committed seed beside them and adds up what must have been sold. It shares nothing with the system that sells:
// only what comes with Node (20 or later), its own reading of CSV, numbers, units and names, its own rounding.
//
//   node board.mjs live                 the live day
//   node board.mjs big                  the big day, all rows that are accepted
//   node board.mjs big --rows FILE      the big day, only the lines named in FILE (numbers of lines of the CSV file, apart by blanks or commas, or a JSON list)
//
// One JSON object on stdout. Its lines have the form of GET /v1/markets/{id}/board: 64-bit numbers are strings, amounts are minor units.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const SCENARIOS = new URL('../', import.meta.url);
const USAGE = 'usage: node board.mjs live\n       node board.mjs big [--rows FILE]';

function main(options) {
  const [day, flag, file, ...more] = options;
  if (day === '--help' || day === '-h') return console.log(USAGE);
  const rows = day === 'big' && flag === '--rows' && file !== undefined && more.length === 0;
  if (!rows && (!['live', 'big'].includes(day) || options.length > 1)) fail(USAGE, 2);
  console.log(JSON.stringify(day === 'live' ? live() : big(rows ? file : undefined), undefined, 1));
}

function fail(message, code = 1) {
  console.error(message);
  process.exit(code);
}

/** The live day: one lot per row; a row without a price passes. */
function live() {
  const seed = readJson('market-day/seed.json');
  const seeded = new Map(seed.rows.map((row) => [row.line, row]));
  const lots = [];
  let passed = 0;
  for (const [line, row] of readCsv('market-day/data/kamis-2022-06-23.csv')) {
    const price = row.get('dpr1').trim();
    if (price === '-') {
      passed += 1;
      continue;
    }
    // what was counted at the door is what is sold
    const key = [row.get('item_name'), row.get('kind_name'), row.get('rank'), row.get('unit')];
    lots.push({ key, price: BigInt(price.replaceAll(',', '')), quantity: BigInt(seeded.get(line).receipt.counted) });
  }
  return { businessDay: seed.day, lotsSold: String(lots.length), lotsPassed: String(passed), lines: boardLines(lots, 'KRW') };
}

/** The big day: one lot per accepted row, a board per market and one over all. */
function big(rowsFile) {
  const seed = readJson('big-day/seed.json');
  const refusedGoods = new Set(readJson('big-day/commodities.json').refused.map(({ commodity }) => commodity));
  const chosen = rowsFile === undefined ? undefined : chosenLines(rowsFile);
  const accepted = new Set();
  const refused = [];
  const seen = new Set();
  const markets = new Map();
  for (const [line, row] of readCsv('big-day/data/agmarknet-2025-09-23.csv')) {
    const reason = whyRefused(row, refusedGoods, seen);
    if (reason !== undefined) {
      refused.push({ line, reason });
      continue;
    }
    accepted.add(line);
    if (chosen && !chosen.has(line)) continue;
    const place = JSON.stringify(['State', 'District', 'Market'].map((column) => oneBlank(row.get(column))));
    const key = [...['Commodity', 'Variety', 'Grade'].map((column) => oneBlank(row.get(column))), 'quintal'];
    if (!markets.has(place)) markets.set(place, []);
    markets.get(place).push({ key, price: paise(row.get('Modal_x0020_Price')), quantity: drawnQuantity(seed, line) });
  }
  const unknown = [...(chosen ?? [])].filter((line) => !accepted.has(line));
  if (unknown.length > 0) fail(`board.mjs: lines that are not accepted: ${unknown.sort((a, b) => a - b).join(', ')}`);
  const lots = [...markets.values()].flat();
  const places = [...markets].map(([place, own]) => ({ place: JSON.parse(place), own })).sort((a, b) => compareNames(a.place, b.place));
  return {
    businessDay: seed.day,
    rowsAccepted: String(accepted.size),
    rowsRefused: refused,
    lotsSold: String(lots.length),
    lotsPassed: '0',
    lines: boardLines(lots, 'INR'),
    markets: places.map(({ place: [state, district, market], own }) => ({ state, district, market, lotsSold: String(own.length), lotsPassed: '0', lines: boardLines(own, 'INR') })),
  };
}

/** Why a row cannot be sold: no believable modal price, the same goods again, or no licence category for them. */
function whyRefused(row, refusedGoods, seen) {
  const prices = ['Min', 'Max', 'Modal'].map((name) => row.get(`${name}_x0020_Price`));
  for (const text of prices) if (!/^\d+(\.\d+)?$/.test(text.trim())) return `not a price: '${text}'`;
  const finer = prices.find((text) => paise(text) === undefined);
  if (finer !== undefined) return `finer than a paisa: '${finer}'`;
  const [low, high, modal] = prices.map(paise);
  if (modal <= 0n) return 'no modal price';
  if (low > 0n && high > 0n && !(low <= modal && modal <= high)) return 'modal price outside lowest and highest';
  const goods = ['State', 'District', 'Market', 'Commodity', 'Variety', 'Grade', 'Arrival_Date'].map((column) => oneBlank(row.get(column)));
  const key = JSON.stringify(goods);
  if (seen.has(key)) return 'the same goods again';
  seen.add(key);
  return refusedGoods.has(goods[3]) ? 'no licence category' : undefined;
}

/** Rupees as paise, exactly; undefined where something smaller than a paisa is left. */
function paise(text) {
  const [rupees, fraction = ''] = text.trim().split('.');
  const digits = fraction.replace(/0+$/, '');
  return digits.length > 2 ? undefined : BigInt(rupees) * 100n + BigInt(digits.padEnd(2, '0'));
}

/** Quantities of the big day are not stored: the first 6 bytes of sha256("<number>:<line>:quantity") modulo the span. */
function drawnQuantity(seed, line) {
  const digest = createHash('sha256').update(`${seed.number}:${line}:quantity`).digest();
  const { least, most } = seed.quantity;
  return BigInt(least + (digest.readUIntBE(0, 6) % (most - least + 1)));
}

function chosenLines(file) {
  const text = readFileSync(file, 'utf8');
  return new Set(text.trimStart().startsWith('[') ? JSON.parse(text) : text.trim().split(/[\s,]+/).map(Number));
}

function oneBlank(name) {
  return name.trim().split(/\s+/).join(' ');
}

function readJson(path) {
  return JSON.parse(readFileSync(new URL(path, SCENARIOS), 'utf8'));
}

/** Rows by column name with their line; the files have no line breaks inside fields. */
function* readCsv(path) {
  const lines = readFileSync(new URL(path, SCENARIOS), 'utf8').split(/\r?\n/);
  const header = fieldsOf(lines[0]);
  for (let i = 1; i < lines.length; i++) {
    if (lines[i] === '') continue;
    const fields = fieldsOf(lines[i]);
    yield [i + 1, new Map(header.map((name, column) => [name, fields[column]]))];
  }
}

/** The fields of a line: apart by commas, some in quotes, where two quotes stand for one. */
function fieldsOf(line) {
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
}

function compareNames(a, b) {
  const at = a.findIndex((name, i) => name !== b[i]);
  return at < 0 ? 0 : a[at] < b[at] ? -1 : 1;
}

function boardLines(lots, currency) {
  const groups = new Map();
  for (const lot of lots) {
    const key = JSON.stringify(lot.key);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(lot);
  }
  const money = (amount) => ({ currency, amount: String(amount) });
  return [...groups.values()].sort(([a], [b]) => compareNames(a.key, b.key)).map((own) => {
    const [item, variety, grade, tradeUnit] = own[0].key;
    const volume = own.reduce((sum, { quantity }) => sum + quantity, 0n);
    const average = halfToEven(own.reduce((sum, { price, quantity }) => sum + price * quantity, 0n), volume);
    const [high, low] = own.reduce(([most, least], { price }) => [price > most ? price : most, price < least ? price : least], [own[0].price, own[0].price]);
    return {
      item, variety, grade, tradeUnit, lots: String(own.length), volume: String(volume),
      averagePrice: money(average), highPrice: money(high), lowPrice: money(low),
    };
  });
}

/** The nearest whole number to a fraction of positive numbers; in the middle the even one. */
function halfToEven(numerator, denominator) {
  const whole = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  return twice > denominator || (twice === denominator && whole % 2n === 1n) ? whole + 1n : whole;
}

main(process.argv.slice(2));
