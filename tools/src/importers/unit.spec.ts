import { describe, expect, it } from '@jest/globals';
import { parseUnit } from './unit.js';

describe('a trade unit', () => {
  it.each([
    ['10kg', 'gram', 10_000n],
    ['7.5kg', 'gram', 7_500n],
    ['22.5kg', 'gram', 22_500n],
    ['500g', 'gram', 500n],
    ['1개', 'piece', 1n],
    ['100개', 'piece', 100n],
    ['10마리', 'piece', 10n],
    ['1속', 'piece', 100n],
    ['quintal', 'gram', 100_000n],
  ])('%s is %s × %s', (label, base, size) => {
    expect(parseUnit(label)).toEqual({ label, base, size });
  });

  it.each(['', 'kg', '10', '10상자', '0kg', '-1kg', '1.5개', '0.5g', '10 kg kg', 'toString', '1toString', '10000000000kg'])('%s is not understood', (label) => {
    expect(parseUnit(label)).toBeUndefined();
  });
});
