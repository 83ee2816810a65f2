import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareCodes, walkingOrder } from './walking-order.js';

const codes = fc
  .record({ aisle: fc.constantFrom('A1', 'A2', 'A10', 'B1'), bay: fc.nat(12), level: fc.nat(3) })
  .map(({ aisle, bay, level }) => `${aisle}-${String(bay).padStart(2, '0')}-${level}`);
const floors = fc.array(fc.oneof({ weight: 9, arbitrary: codes }, { weight: 1, arbitrary: fc.constantFrom('FLOOR', 'D-1', '') }));

describe('the walking order', () => {
  it('goes up one aisle and down the next', () => {
    expect(walkingOrder(['A10-01-1', 'A1-02-1', 'A1-01-2', 'A2-01-1', 'A1-01-1', 'A2-03-1', 'YARD', 'A10-04-1'])).toEqual([
      'A1-01-1',
      'A1-01-2',
      'A1-02-1',
      'A2-03-1',
      'A2-01-1',
      'A10-01-1',
      'A10-04-1',
      'YARD',
    ]);
  });

  it('passes each code once, whatever order they come in', () => {
    fc.assert(
      fc.property(floors, fc.nat(), (floor, turn) => {
        const order = walkingOrder(floor);
        expect([...order].sort()).toEqual([...new Set(floor)].sort());
        const turned = floor.map((_, i) => floor[(i + turn) % floor.length]!);
        expect(walkingOrder(turned.reverse())).toEqual(order);
      }),
    );
  });

  it('never comes back to an aisle, and walks each in one direction, every second one backwards', () => {
    fc.assert(
      fc.property(fc.array(codes), (floor) => {
        const order = walkingOrder(floor).map((code) => code.split('-'));
        const aisles = order.map(([aisle]) => aisle!).filter((aisle, i, all) => aisle !== all[i - 1]);
        expect(new Set(aisles).size).toBe(aisles.length);
        aisles.forEach((aisle, number) => {
          const bays = order.filter(([a]) => a === aisle).map(([, bay]) => Number(bay));
          expect(bays).toEqual([...bays].sort((a, b) => (number % 2 === 0 ? a - b : b - a)));
        });
      }),
    );
  });

  it('compares codes in a total order', () => {
    const text = fc.stringMatching(/^[AB0-9-]{0,5}$/);
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(Math.sign(compareCodes(a, b))).toBe(-Math.sign(compareCodes(b, a)) || 0);
        expect(compareCodes(a, b) === 0).toBe(a === b);
        if (compareCodes(a, b) <= 0 && compareCodes(b, c) <= 0) expect(compareCodes(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
