import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { completePick, gramsOf, type PickTask } from './pick.js';

const READY: PickTask = { phase: 'ready', count: 5n, covered: 5n, catchWeight: false };
const THERE = { count: 8n, grams: 803n };
const codeOf = (task: PickTask, picked: bigint, reason = '', there = THERE): string => {
  const decision = completePick(task, { picked, grams: 0n, reason }, there);
  return decision.accepted ? 'accepted' : decision.refusal.code;
};

describe('a pick', () => {
  it('takes its share of the weight, and the last ones take the rest', () => {
    expect(completePick(READY, { picked: 5n, grams: 0n, reason: '' }, THERE)).toMatchObject({ events: [{ type: 'GoodsPicked', count: 5n, grams: 501n }] });
    expect(completePick({ ...READY, count: 8n, covered: 8n }, { picked: 8n, grams: 1n, reason: '' }, THERE)).toMatchObject({ events: [{ grams: 803n }] });
  });

  it('of goods by catch weight weighs what the scale says', () => {
    const report = { picked: 5n, grams: 555n, reason: '' };
    expect(completePick({ ...READY, catchWeight: true }, report, THERE)).toMatchObject({ events: [{ grams: 555n }] });
    expect(completePick(READY, report, THERE)).toMatchObject({ events: [{ grams: 501n }] });
    expect(completePick({ ...READY, catchWeight: true }, { ...report, grams: 804n }, THERE)).toMatchObject({ refusal: { code: 'STOCK_NOT_THERE' } });
  });

  it('is refused with its reason', () => {
    expect(codeOf({ ...READY, phase: 'done' }, 5n)).toBe('PICK_TASK_NOT_READY');
    expect(codeOf(READY, 6n)).toBe('PICKED_TOO_MUCH');
    expect(codeOf(READY, 4n)).toBe('SHORT_PICK_REASON_NEEDED');
    expect(codeOf(READY, 5n, '', { count: 4n, grams: 4n })).toBe('STOCK_NOT_THERE');
    expect(codeOf(READY, 0n, 'empty shelf')).toBe('accepted');
  });

  it('is cancelled when its promise is gone', () => {
    expect(completePick({ ...READY, covered: 4n }, { picked: 5n, grams: 0n, reason: '' }, THERE)).toMatchObject({ events: [{ type: 'PickCancelled' }] });
  });

  it('holds no more than the books have there', () => {
    const left = { count: 3n, grams: 30n };
    expect(completePick(READY, { picked: 2n, grams: 0n, reason: 'empty' }, left)).toMatchObject({
      events: [{ count: 2n, grams: 20n }, { type: 'PickShorted', missing: 3n, held: { count: 1n, grams: 10n } }],
    });
    expect(completePick(READY, { picked: 0n, grams: 0n, reason: 'empty' }, { count: 0n, grams: 0n })).toMatchObject({
      events: [{ missing: 5n, held: { count: 0n, grams: 0n } }],
    });
  });

  it('conserves: picked and missing are the task, and neither weighs more than there is', () => {
    const quantity = fc.record({ count: fc.bigInt(1n, 50n), grams: fc.bigInt(0n, 9999n) });
    fc.assert(
      fc.property(quantity, fc.bigInt(1n, 50n), fc.bigInt(0n, 50n), (there, asked, found) => {
        const count = asked < there.count ? asked : there.count;
        const picked = found < count ? found : count;
        const decision = completePick({ ...READY, count, covered: count }, { picked, grams: 0n, reason: 'damaged' }, there);
        if (!decision.accepted) throw new Error(decision.refusal.code);
        const moved = decision.events.map((event) => (event.type === 'PickShorted' ? event.held : (event as { count: bigint; grams: bigint })));
        const total = moved.reduce((sum, event) => ({ count: sum.count + event.count, grams: sum.grams + event.grams }), { count: 0n, grams: 0n });
        expect(total.count).toBe(count);
        expect(total.grams <= there.grams).toBe(true);
        expect(total.grams === there.grams || count < there.count).toBe(true);
        expect(moved.every((quantity) => quantity.count > 0n)).toBe(true);
      }),
    );
  });

  it('shares out all of a weight, to the gram, in whatever portions', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 99_999n), fc.array(fc.bigInt(1n, 9n), { minLength: 1 }), (grams, portions) => {
        let balance = { count: portions.reduce((a, b) => a + b, 0n), grams };
        let shared = 0n;
        for (const portion of portions) {
          const share = gramsOf(balance, portion);
          shared += share;
          balance = { count: balance.count - portion, grams: balance.grams - share };
        }
        expect(shared).toBe(grams);
      }),
    );
  });
});
