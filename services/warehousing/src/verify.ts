import type { Rule } from '@naru/platform/rule';
import { TEMPERATURE_TABLES } from './centre/temperature.js';
import { CONSERVED, KEEPS_LONG_ENOUGH, ONLY_AVAILABLE } from './order/order-rules.js';
import { RESERVED } from './reservation/reserved.js';
import { ON_HAND } from './stock/on-hand.js';

const GOODS = 'owner_organization_id, item_id, batch, unit';
const BALANCE = `${GOODS}, centre_id, account, location_id, status`;

/** Pairs of goods and zone that the table in force allows: rule W4 is its data, not a second copy of it. */
const FITTING = Object.entries(TEMPERATURE_TABLES.at(-1)!.bands)
  .flatMap(([goods, band]) => band.zones.map((zone) => `('${goods}', '${zone}')`))
  .join(', ');

/** The rules of warehousing that rows can show. */
export const rules: readonly Rule[] = [
  {
    rule: 'W1',
    title: 'the ledger sums to zero per item, batch and unit of measure, and the balances equal the journal',
    check: `
      with sums as (
        select sum(count) as count, sum(grams) as grams from warehousing.stock_movement_lines group by ${GOODS}
      ), journal as (
        select ${BALANCE}, sum(count) as count, sum(grams) as grams from warehousing.stock_movement_lines group by ${BALANCE}
        union all
        select ${BALANCE}, -count, -grams from warehousing.stock_balances
      ), differences as (
        select sum(count) as count, sum(grams) as grams from journal group by ${BALANCE}
      ), results as (
        select count, grams from sums union all select count, grams from differences
      )
      select count(*) as checked, count(*) filter (where count <> 0 or grams <> 0) as violations from results`,
  },
  {
    rule: 'W2',
    title: 'no balance of a real location lies below zero',
    check: `
      select count(*) as checked, count(*) filter (where count < 0 or grams < 0) as violations from warehousing.stock_balances where account = 'location'`,
  },
  {
    rule: 'W3',
    title: 'what a centre can promise is what lies there available, and what is reserved of it is the sum of the open reservations and no more',
    check: `select count(*) as checked, count(*) filter (where broken) as violations from (${ON_HAND} union all ${RESERVED}) rows`,
  },
  {
    rule: 'W4',
    title: 'the temperature class of stored goods fits the zone',
    check: `
      select count(*) as checked, count(*) filter (where (i.temperature_class, z.temperature_class) not in (${FITTING})) as violations
        from warehousing.stock_balances b
        join warehousing.items i using (item_id)
        join warehousing.locations l using (location_id)
        join warehousing.zones z using (zone_id)
       where b.account = 'location' and b.count > 0 and l.kind in ('bin', 'rack', 'floor')`,
  },
  {
    rule: 'W5',
    title: 'a location holds at most its capacity, and what it is said to hold lies there',
    check: `
      select count(*) as checked,
             count(*) filter (where l.occupied_grams < 0 or (l.kind in ('bin', 'rack', 'floor') and l.occupied_grams > l.capacity_grams)
                                or l.occupied_grams <> coalesce(b.grams, 0)) as violations
        from warehousing.locations l
        left join (select location_id, sum(grams) as grams from warehousing.stock_balances where account = 'location' group by location_id) b using (location_id)`,
  },
  {
    rule: 'W6',
    title: 'goods were promised only to customers for whom they keep long enough',
    check: `select count(*) as checked, count(*) filter (where broken) as violations from (${KEEPS_LONG_ENOUGH}) rows`,
  },
  {
    rule: 'W7',
    title: 'held, damaged and expired goods are not promised',
    check: `select count(*) as checked, count(*) filter (where broken) as violations from (${ONLY_AVAILABLE}) rows`,
  },
  {
    rule: 'W9',
    title: 'ordered = shipped + open + backordered + cancelled, what is open is promised, and packed ≤ picked ≤ reserved',
    check: `select count(*) as checked, count(*) filter (where broken) as violations from (${CONSERVED}) rows`,
  },
];
