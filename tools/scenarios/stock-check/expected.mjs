// What the day must come to by its files: who won what at which price, and what came, was written off and changed hands.
import { readCsv, readJson } from './csv.mjs';

/** Lots and stock of the day, by the keys of the seeds. */
export function expectedDay() {
  const seed = readJson('seed.json');
  const shopSeed = readJson('shop-seed.json');
  const lots = lotsOf(seed);
  const stock = new Map();
  const add = (owner, code, count) => stock.set(`${owner} ${code}`, (stock.get(`${owner} ${code}`) ?? 0n) + BigInt(count));
  // what a lot held belongs to its buyer, or to its consignor still
  for (const { buyer, consignor, code, quantity } of lots) add(buyer ?? consignor, code, quantity);
  for (const [, code, , , counted, finding] of shopSeed.lines) if (finding !== 'wrong goods') add(shopSeed.shop.key, code, counted);
  for (const [, row] of readCsv('data/online-retail/online-retail-2010-12-01.csv')) {
    if (!row.InvoiceNo.startsWith('C') && Number(row.Quantity) < 0) add(shopSeed.shop.key, row.StockCode, row.Quantity);
  }
  return { lots, stock, money: shopSeed.money, corporation: seed.corporation, day: seed.day };
}

/** One lot per row of the published prices: sold at that price to whoever would have paid most, and of two to the earlier. */
function lotsOf(seed) {
  const { classes, items } = readJson('market.json').kamisClasses;
  const seeded = new Map(seed.rows.map((row) => [row.line, row]));
  return readCsv('data/kamis-2022-06-23.csv').map(([line, row]) => {
    const { consignor, session, receipt, bids } = seeded.get(line);
    const code = `KR-${row.item_code}-${row.kind_code}`;
    const quantity = BigInt(receipt.counted);
    const lot = { line, consignor, session, code, category: (items.find((own) => own.itemCode === row.item_code) ?? classes.find((own) => own.class === row.item_code[0])).category, quantity };
    if (row.dpr1.trim() === '-') return lot;
    const most = Math.max(...bids.map(({ limit }) => limit));
    const price = BigInt(row.dpr1.replaceAll(',', ''));
    return { ...lot, buyer: bids.find(({ limit }) => limit === most).organization, price, amount: price * quantity };
  });
}
