// Writes seed.json: what the published prices lack, drawn from the seed number given (20220623 by default).
// Run once, after a build: node tools/scenarios/market-day/make-seed.mjs [number]
import { readFileSync, writeFileSync } from 'node:fs';
import { parseKamis } from '../../dist/importers/kamis.js';
import { readMarket } from '../../dist/scenarios/market-day/market.js';
import { makeSeed } from '../../dist/scenarios/market-day/seed-maker.js';
import { seedText } from '../../dist/scenarios/market-day/seed-text.js';

const here = (path) => new URL(path, import.meta.url);
const json = (path) => JSON.parse(readFileSync(here(path), 'utf8'));
const market = json('market.json');
const file = 'kamis-2022-06-23.csv';
const number = Number(process.argv[2] ?? 20220623);

const { rows } = parseKamis(file, readFileSync(here(`data/${file}`)));
const seed = makeSeed({ rows, market: readMarket(market), classes: market.kamisClasses, temperatures: json('temperature-classes.json'), number });
writeFileSync(here('seed.json'), seedText(seed));
console.log(`seed ${number}: ${seed.rows.length} rows, ${seed.organizations.length} organizations`);
