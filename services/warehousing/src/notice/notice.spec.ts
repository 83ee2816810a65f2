import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Appointment } from '../appointment/appointment.js';
import { temperatureTableAt } from '../centre/temperature.js';
import type { Condition, Disposition } from '../receipt/receipt.js';
import { announceGoods, type AnnouncedLine, type AtDoor, type CountedLine, judgeLine, type NewNoticeLine, type NoticeItem } from './notice.js';

const truck: Appointment = {
  phase: 'at_door',
  windowStartsAt: 0,
  windowEndsAt: 1,
  consignmentIds: [],
  noticeIds: ['N-1'],
  gatedInAt: 0,
  punctuality: 'on_time',
  doorLocationId: 'D1',
};
const atDoor: AtDoor = { truck, notice: { noticeId: 'N-1', code: 'ASN-1', merchantId: 'shop' }, day: '2022-06-23', table: temperatureTableAt(Date.UTC(2022, 5, 23)) };
const mug: NoticeItem = { itemId: 'mug', temperatureClass: 'ambient', control: 'batch' };
const announced: AnnouncedLine = { line: 1, unit: '1 pieces', count: 10n, batch: 'B1', phase: 'expected' };
const counted: CountedLine = { line: 1, itemCode: '', unit: '', batch: '', observed: { count: 10n, grams: 1000n, scaleTicket: 'S', condition: 'sound' }, disposition: undefined };
const none = () => undefined;

describe('announceGoods', () => {
  const line: NewNoticeLine = { line: 1, itemCode: '85123a', unit: '1 pieces', count: 10n, batch: '' };
  const items = new Map([['85123A', { itemId: 'mug' }]]);

  it('finds the items in any spelling', () => {
    expect(announceGoods([line, { ...line, line: 2, itemCode: '85123A' }], items)).toMatchObject({ events: [{ lines: [{ itemId: 'mug' }, { itemId: 'mug', line: 2 }] }] });
  });

  it('takes a line once, an item that is known, a day that there is', () => {
    expect(announceGoods([line, line], items)).toMatchObject({ refusal: { code: 'LINE_REPEATED', details: { line: 1 } } });
    expect(announceGoods([{ ...line, itemCode: '22752' }], items)).toMatchObject({ refusal: { code: 'ITEM_UNKNOWN', details: { code: '22752' } } });
    expect(announceGoods([{ ...line, expiresOn: '2022-02-30' }], items)).toMatchObject({ refusal: { code: 'BUSINESS_DAY_UNKNOWN' } });
  });
});

describe('judgeLine', () => {
  it('takes a sound line as announced into the merchant’s stock, in its batch', () => {
    expect(judgeLine(atDoor, counted, announced, mug, none)).toMatchObject({
      events: [
        {
          source: { kind: 'notice', noticeId: 'N-1', line: 1 },
          goods: { ownerId: 'shop', itemId: 'mug', batch: 'B1', unit: '1 pieces' },
          expectedCount: 10n,
          event: { type: 'LineAccepted', findings: ['as_expected'], status: 'available', doorLocationId: 'D1' },
        },
      ],
    });
    expect(judgeLine(atDoor, { ...counted, batch: 'B7' }, announced, mug, none)).toMatchObject({ events: [{ goods: { batch: 'B7' } }] });
    expect(judgeLine(atDoor, counted, { ...announced, batch: '' }, mug, none)).toMatchObject({ events: [{ goods: { batch: 'ASN-1' } }] });
  });

  it('asks what came where the notice has no such line, and takes it as unannounced', () => {
    expect(judgeLine(atDoor, counted, undefined, undefined, none)).toMatchObject({ refusal: { code: 'NOTICE_LINE_UNKNOWN' } });
    const strange = { ...counted, itemCode: '22752', unit: '1 pieces' };
    expect(judgeLine(atDoor, strange, undefined, undefined, none)).toMatchObject({ refusal: { code: 'ITEM_UNKNOWN', details: { code: '22752' } } });
    expect(judgeLine(atDoor, strange, undefined, mug, none)).toMatchObject({ refusal: { code: 'DISPOSITION_NEEDED', details: { findings: 'unannounced' } } });
    expect(judgeLine(atDoor, { ...strange, disposition: 'accept' }, undefined, mug, none)).toMatchObject({ events: [{ expectedCount: 0n, event: { findings: ['unannounced'] } }] });
  });

  it('dates what it takes, not what it sends back', () => {
    const tea: NoticeItem = { ...mug, control: 'expiry' };
    expect(judgeLine(atDoor, counted, announced, tea, none)).toMatchObject({ refusal: { code: 'EXPIRY_NEEDED' } });
    expect(judgeLine(atDoor, counted, { ...announced, expiresOn: '2022-07-01' }, tea, none)).toMatchObject({ events: [{ expiresOn: '2022-07-01' }] });
    const wrong = { ...counted, observed: { ...counted.observed, condition: 'wrong_goods' as const }, disposition: 'refuse' as const };
    expect(judgeLine(atDoor, wrong, announced, tea, none)).toMatchObject({ events: [{ event: { type: 'LineRefused', findings: ['wrong_goods'] } }] });
  });

  it('takes or refuses each line once, and says by which event', () => {
    const settled: AnnouncedLine = { ...announced, phase: 'received', settledBy: 'E1' };
    expect(judgeLine(atDoor, counted, settled, mug, none)).toMatchObject({ refusal: { code: 'NOTICE_LINE_ALREADY_RECEIVED', why: ['E1'] } });
  });

  it('accepts only what is there, weighed, and of the announced kind; refuses only with a finding', () => {
    const lines = fc.record({
      count: fc.bigInt(0n, 20n),
      grams: fc.bigInt(0n, 2000n),
      scaleTicket: fc.constantFrom('S', ''),
      condition: fc.constantFrom<Condition>('sound', 'damaged', 'wrong_goods'),
    });
    const dispositions = fc.option(fc.constantFrom<Disposition>('accept', 'accept_under_reserve', 'refuse'), { nil: undefined });
    fc.assert(
      fc.property(lines, dispositions, fc.boolean(), (observed, disposition, isAnnounced) => {
        const line = { ...counted, itemCode: 'x', unit: '1 pieces', observed, disposition };
        const decision = judgeLine(atDoor, line, isAnnounced ? announced : undefined, mug, none);
        if (!decision.accepted) return;
        const { event } = decision.events[0]!;
        if (event.type === 'LineRefused') expect(event.findings).not.toContain('as_expected');
        else expect(observed.count > 0n && observed.grams > 0n && observed.scaleTicket !== '' && observed.condition !== 'wrong_goods').toBe(true);
        expect(event.findings.includes('unannounced')).toBe(!isAnnounced);
      }),
      { numRuns: 500 },
    );
  });
});
