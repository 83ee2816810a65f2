// Writes seed.json: what the published prices lack, drawn from the seed number given (20220623 by default),
// and shop-seed.json: what the orders and the cartons lack, drawn from a second one (20101201 by default).
// Run once, after a build: node tools/scenarios/market-day/make-seed.mjs [number] [number of the shop]
import { readFileSync, writeFileSync } from 'node:fs';
import { parseKamis } from '../../dist/importers/kamis.js';
import { readMarket } from '../../dist/scenarios/market-day/market.js';
import { planDay } from '../../dist/scenarios/market-day/plan.js';
import { makeSeed } from '../../dist/scenarios/market-day/seed-maker.js';
import { seedText } from '../../dist/scenarios/market-day/seed-text.js';
import { readShopFiles } from '../../dist/scenarios/shop/files.js';
import { soldGoods } from '../../dist/scenarios/shop/produce.js';
import { makeShopSeed } from '../../dist/scenarios/shop/seed-maker.js';

const here = (path) => new URL(path, import.meta.url);
const json = (path) => JSON.parse(readFileSync(here(path), 'utf8'));
const file = 'kamis-2022-06-23.csv';
const [number = 20220623, shopNumber = 20101201] = process.argv.slice(2).map(Number);

const market = json('market.json');
const rules = { market: readMarket(market), classes: market.kamisClasses, temperatures: json('temperature-classes.json') };
const parsed = parseKamis(file, readFileSync(here(`data/${file}`)));
const seed = makeSeed({ rows: parsed.rows, ...rules, number });
writeFileSync(here('seed.json'), seedText(seed));
console.log(`seed ${number}: ${seed.rows.length} rows, ${seed.organizations.length} organizations`);

const sold = soldGoods(planDay(parsed, seed, rules), parsed);
const shopSeed = makeShopSeed({ ...readShopFiles(), sold, number: shopNumber });
writeFileSync(here('shop-seed.json'), seedText(shopSeed));
console.log(`shop seed ${shopNumber}: ${shopSeed.items.length} items, ${shopSeed.lines.length} lines of notices, ${shopSeed.produceOrders.length} orders for produce`);
