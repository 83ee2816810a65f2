// Writes seed.json: what of the big day is stored; quantities, start prices and bids are drawn per row from the seed number given (20250923 by default).
// Run once, after a build: node tools/scenarios/big-day/make-seed.mjs [number]
import { readFileSync, writeFileSync } from 'node:fs';
import { parseAgmarknet } from '../../dist/importers/agmarknet.js';
import { acceptGoods } from '../../dist/scenarios/big-day/goods.js';
import { makeBigSeed } from '../../dist/scenarios/big-day/seed-maker.js';
import { seedText } from '../../dist/scenarios/market-day/seed-text.js';

const here = (path) => new URL(path, import.meta.url);
const commodities = JSON.parse(readFileSync(here('commodities.json'), 'utf8'));
const file = 'agmarknet-2025-09-23.csv';
const number = Number(process.argv[2] ?? 20250923);

const { rows, refused } = acceptGoods(parseAgmarknet(file, readFileSync(here(`data/${file}`))), commodities);
const seed = makeBigSeed(rows, commodities, number);
writeFileSync(here('seed.json'), seedText(seed));
console.log(`seed ${number}: ${rows.length} rows accepted, ${refused.length} refused, ${seed.states.length} states`);
