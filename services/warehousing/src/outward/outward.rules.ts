import type { Rule } from '@naru/platform/rule';
import { CAME_BY } from '../parcel/trace.store.js';

/**
 * The part of rule W9 that the way out keeps: packed ≤ picked ≤ reserved, and each count is the sum of what stands behind it. A row per order line, with
 * whether it is broken. Picked may be less than what the tasks picked: goods that are held afterwards leave the line.
 */
export const OUTWARD_COUNTS = `
  select l.picked > l.reserved + l.shipped or l.packed > l.picked or l.staged > l.packed
         or l.picked > coalesce(t.picked, 0) or l.packed <> coalesce(c.packed, 0) or l.staged <> coalesce(c.staged, 0) as broken
    from warehousing.order_lines l
    left join (select order_id, line, sum(picked) as picked from warehousing.pick_tasks group by order_id, line) t using (order_id, line)
    left join (select c.order_id, c.line, sum(c.count) as packed, sum(c.count) filter (where u.phase = 'staged') as staged
                 from warehousing.unit_contents c join warehousing.handling_units u using (unit_id) group by c.order_id, c.line) c using (order_id, line)`;

/** The rules of the way out that rows can show. */
export const outwardRules: readonly Rule[] = [
  {
    rule: 'W8',
    title: 'what a unit holds is traced back to a receipt, and its reservation and line are those of the unit’s order',
    check: `
      select count(*) as checked,
             count(*) filter (where not exists (select 1 from warehousing.receipts r where ${CAME_BY}) or u.order_id is distinct from c.order_id
                                or (s.order_id, s.line, s.owner_organization_id, s.item_id, s.batch) is distinct from
                                   (c.order_id, c.line, c.owner_organization_id, c.item_id, c.batch)) as violations
        from warehousing.unit_contents c join warehousing.handling_units u using (unit_id) join warehousing.reservations s using (reservation_id)`,
  },
  {
    rule: 'W10',
    title: 'a unit is in one place, the tree of units has no cycle, and what a unit holds lies where it stands',
    check: `
      with recursive up as (
        select unit_id, parent_unit_id, array[unit_id] as path, false as cycle from warehousing.handling_units
        union all
        select up.unit_id, p.parent_unit_id, up.path || p.unit_id, p.unit_id = any(up.path)
          from up join warehousing.handling_units p on p.unit_id = up.parent_unit_id where not up.cycle
      ), placed as (
        select u.location_id, c.owner_organization_id, c.item_id, c.batch, sum(c.count) as count
          from warehousing.unit_contents c join warehousing.handling_units u using (unit_id) where u.location_id is not null group by 1, 2, 3, 4
      ), results as (
        select (u.location_id is null) = (u.parent_unit_id is null) or l.centre_id <> u.centre_id
               or exists (select 1 from up where up.unit_id = u.unit_id and up.cycle) as broken
          from warehousing.handling_units u left join warehousing.locations l using (location_id)
        union all
        select p.count > coalesce((select sum(b.count) from warehousing.stock_balances b
                                    where b.account = 'location' and b.location_id = p.location_id and b.item_id = p.item_id and b.batch = p.batch
                                      and b.owner_organization_id = p.owner_organization_id), 0)
          from placed p
      )
      select count(*) as checked, count(*) filter (where broken) as violations from results`,
  },
];
