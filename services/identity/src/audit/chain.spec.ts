import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ChainedEntry, GENESIS, chainHash } from './chain.js';

const entries = fc.record<ChainedEntry>({
  position: fc.bigInt({ min: 1n, max: 2n ** 53n }),
  recordedAt: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  action: fc.constantFrom('SIGNED_IN', 'REFUSED'),
  subject: fc.string({ unit: 'grapheme' }),
  organizationId: fc.string(),
  object: fc.string(),
  code: fc.string(),
});

describe('chainHash', () => {
  it('is the same for the same entry after the same hash', () => {
    fc.assert(fc.property(entries, (entry) => expect(chainHash(GENESIS, { ...entry })).toEqual(chainHash(GENESIS, entry))));
  });

  it('changes with every field and with what came before', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const hash = chainHash(GENESIS, entry).toString('hex');
        const changed: ChainedEntry[] = [
          { ...entry, position: entry.position + 1n },
          { ...entry, recordedAt: entry.recordedAt + 1 },
          ...(['action', 'subject', 'organizationId', 'object', 'code'] as const).map((field) => ({ ...entry, [field]: `${entry[field]}x` })),
        ];
        for (const other of changed) expect(chainHash(GENESIS, other).toString('hex')).not.toBe(hash);
        expect(chainHash(Buffer.alloc(32, 1), entry).toString('hex')).not.toBe(hash);
      }),
    );
  });

  it('does not take one field for its neighbour', () => {
    const entry: ChainedEntry = { position: 1n, recordedAt: 0, action: 'SIGNED_IN', subject: 'ab', organizationId: '', object: '', code: '' };
    expect(chainHash(GENESIS, entry)).not.toEqual(chainHash(GENESIS, { ...entry, subject: 'a', organizationId: 'b' }));
  });

  it('stays what it is: the log of today must verify tomorrow', () => {
    const entry: ChainedEntry = { position: 1n, recordedAt: Date.UTC(2026, 5, 24, 5, 30), action: 'SIGNED_IN', subject: 'u', organizationId: 'o', object: 'clients/naru-console', code: '' };
    expect(chainHash(GENESIS, entry).toString('hex')).toBe('273566d475640e74b30ee78b4a81fac302e8e7e2157a7cedd564ba243f608c6a');
  });
});
