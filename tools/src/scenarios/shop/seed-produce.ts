import type { Draw } from '../market-day/draw.js';
import type { SoldGoods } from './produce.js';
import type { SeedMoney, SeedPosition, SeedProduceOrder } from './seed.js';

const CUSTOMERS: readonly SeedPosition<'customer'>[] = [
  { customer: 'K-01', place: '서울 마포', latitudeE6: 37_556_000, longitudeE6: 126_910_000 },
  { customer: 'K-02', place: '서울 성동', latitudeE6: 37_551_000, longitudeE6: 127_041_000 },
  { customer: 'K-03', place: '경기 성남', latitudeE6: 37_420_000, longitudeE6: 127_127_000 },
  { customer: 'K-04', place: '경기 수원', latitudeE6: 37_264_000, longitudeE6: 127_029_000 },
  { customer: 'K-05', place: '인천 부평', latitudeE6: 37_507_000, longitudeE6: 126_722_000 },
  { customer: 'K-06', place: '강원 춘천', latitudeE6: 37_881_000, longitudeE6: 127_730_000 },
  { customer: 'K-07', place: '충북 청주', latitudeE6: 36_642_000, longitudeE6: 127_489_000 },
  { customer: 'K-08', place: '대전 유성', latitudeE6: 36_362_000, longitudeE6: 127_356_000 },
];

const ORDERS = 26;
const LONGER_THAN_IT_KEEPS = 400;

/**
 * Who buys what of the market day from whom. Some orders want goods whose buyer pays late or never, one wants goods that keep longer than they do,
 * one spells the code in another way, one is cancelled before it is picked.
 */
export function drawProduceOrders(sold: readonly SoldGoods[], money: SeedMoney, draw: Draw): readonly SeedProduceOrder[] {
  const able = sold.filter(({ sound }) => sound);
  const special = [money.inTwoParts.buyer, money.inTwoParts.buyer, money.late.buyer, money.late.buyer, money.never.buyer];
  const others = able.filter(({ buyer }) => !special.includes(buyer));
  const chosen = [...special.map((merchant) => draw.some(able.filter(({ buyer }) => buyer === merchant), 1)[0]!), ...draw.some(others, ORDERS - special.length)];
  return chosen.map(({ row, code, buyer, price, count }, i): SeedProduceOrder => {
    const { customer, ...position } = CUSTOMERS[draw.whole(0, CUSTOMERS.length - 1)]!;
    const [cancelled, respelt, unkept] = [0, 1, 2].map((beyond) => i === special.length + beyond) as [boolean, boolean, boolean];
    const minutes = cancelled ? 11 * 60 + 20 : 10 * 60 + 5 + i * 16 + draw.whole(0, 12);
    return {
      reference: `PR-${String(i + 1).padStart(3, '0')}`,
      at: clock(minutes),
      merchant: buyer,
      customer,
      row,
      code: respelt ? code.toLowerCase() : code,
      count: Math.min(Number(count), draw.whole(1, 6)),
      unitPrice: Number((price * 118n) / 1_000n) * 10,
      minRemainingLifeDays: unkept ? LONGER_THAN_IT_KEEPS : draw.whole(0, 2),
      ...position,
      ...(cancelled ? { cancelledAt: '11:45' } : {}),
    };
  });
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
