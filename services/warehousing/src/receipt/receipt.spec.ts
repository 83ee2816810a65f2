import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Appointment } from '../appointment/appointment.js';
import { temperatureTableAt } from '../centre/temperature.js';
import { allowedDispositions, type Disposition, type ExpectedGoods, type Finding, findingsOf, type GoodsSource, type ObservedLine, receiveLine } from './receipt.js';

const table = temperatureTableAt(Date.UTC(2022, 5, 23));
const truck = {
  phase: 'at_door',
  windowStartsAt: 0,
  windowEndsAt: 1,
  consignmentIds: ['C-1'],
  noticeIds: ['N-1'],
  gatedInAt: 0,
  punctuality: 'on_time',
  doorLocationId: 'D1',
} as const;
const of = (consignmentId: string): GoodsSource => ({ kind: 'consignment', consignmentId });
const expected: ExpectedGoods = { source: of('C-1'), phase: 'expected', count: 100n };
const line: ObservedLine = { count: 100n, grams: 1_002_300n, scaleTicket: 'S-1', temperatureTenths: 40, condition: 'sound', temperatureClass: 'chilled' };

describe('findings of a line', () => {
  it.each<[Finding[], Partial<ObservedLine>, Partial<ExpectedGoods>]>([
    [['as_expected'], {}, {}],
    [['short'], { count: 99n }, {}],
    [['over'], { count: 101n }, {}],
    [['damaged'], { condition: 'damaged' }, {}],
    [['wrong_goods'], { condition: 'wrong_goods' }, {}],
    [['too_warm'], { temperatureTenths: 101 }, {}],
    [['unannounced'], {}, { source: of('C-2') }],
    [['short', 'damaged', 'too_warm', 'unannounced'], { count: 1n, condition: 'damaged', temperatureTenths: 300 }, { source: of('C-2') }],
    [['as_expected'], { temperatureTenths: undefined }, {}],
    [['as_expected'], {}, { source: { kind: 'notice', noticeId: 'N-1', line: 3 } }],
    [['unannounced'], {}, { source: { kind: 'notice', noticeId: 'N-2', line: 3 } }],
    [['unannounced'], {}, { source: { kind: 'notice', noticeId: 'N-1', line: 9 }, count: undefined }],
  ])('are %j', (findings, observed, announced) => {
    expect(findingsOf(truck, { ...expected, ...announced }, { ...line, ...observed }, table)).toEqual(findings);
  });
});

describe('receiveLine', () => {
  it('accepts a sound line as expected without being told', () => {
    expect(receiveLine(truck, expected, line, undefined, table)).toEqual({
      accepted: true,
      events: [{ type: 'LineAccepted', findings: ['as_expected'], disposition: 'accept', status: 'available', doorLocationId: 'D1' }],
    });
  });

  it('asks what is to be done with anything else', () => {
    expect(receiveLine(truck, expected, { ...line, count: 90n, condition: 'damaged' }, undefined, table)).toMatchObject({
      refusal: { code: 'DISPOSITION_NEEDED', details: { findings: 'short, damaged' } },
    });
  });

  it('takes broken goods as damaged and warm goods as held', () => {
    expect(receiveLine(truck, expected, { ...line, condition: 'damaged' }, 'accept', table)).toMatchObject({
      events: [{ type: 'LineAccepted', disposition: 'accept', status: 'damaged' }],
    });
    expect(receiveLine(truck, expected, { ...line, temperatureTenths: 150 }, 'accept_under_reserve', table)).toMatchObject({
      events: [{ disposition: 'accept_under_reserve', status: 'held' }],
    });
  });

  it('never takes wrong goods under this consignment', () => {
    const wrong: ObservedLine = { ...line, condition: 'wrong_goods' };
    expect(receiveLine(truck, expected, wrong, 'accept_under_reserve', table)).toMatchObject({
      refusal: { code: 'DISPOSITION_NOT_ALLOWED', details: { allowed: 'refuse' } },
    });
    expect(receiveLine(truck, expected, wrong, 'refuse', table)).toEqual({ accepted: true, events: [{ type: 'LineRefused', findings: ['wrong_goods'] }] });
  });

  it('does not turn sound goods away', () => {
    expect(receiveLine(truck, expected, line, 'refuse', table)).toMatchObject({ refusal: { code: 'DISPOSITION_NOT_ALLOWED' } });
  });

  it('takes no weight without the ticket of the scale, and nothing that is not there', () => {
    expect(receiveLine(truck, expected, { ...line, scaleTicket: ' ' }, undefined, table)).toMatchObject({ refusal: { code: 'SCALE_TICKET_NEEDED' } });
    expect(receiveLine(truck, expected, { ...line, count: 0n, grams: 0n }, 'accept', table)).toMatchObject({ refusal: { code: 'NOTHING_TO_ACCEPT' } });
    expect(receiveLine(truck, expected, { ...line, count: 0n, grams: 0n }, 'refuse', table)).toMatchObject({
      events: [{ type: 'LineRefused', findings: ['short'] }],
    });
  });

  it.each(['received', 'refused'] as const)('takes no consignment that is %s already', (phase) => {
    expect(receiveLine(truck, { ...expected, phase }, line, undefined, table)).toMatchObject({ refusal: { code: 'CONSIGNMENT_ALREADY_RECEIVED' } });
  });

  it('receives only from a truck at a door, and only what has been announced', () => {
    const waiting: Appointment = { phase: 'waiting', windowStartsAt: 0, windowEndsAt: 1, consignmentIds: ['C-1'], noticeIds: [], gatedInAt: 0, punctuality: 'on_time' };
    expect(receiveLine(waiting, expected, line, undefined, table)).toMatchObject({
      refusal: { code: 'APPOINTMENT_NOT_IN_PHASE', details: { phase: 'waiting', needed: 'at_door' } },
    });
    expect(receiveLine(truck, undefined, line, undefined, table)).toMatchObject({ refusal: { code: 'CONSIGNMENT_UNKNOWN' } });
  });

  const lines = fc.record<ObservedLine>({
    count: fc.bigInt(0n, 200n),
    grams: fc.bigInt(0n, 2_000_000n),
    scaleTicket: fc.constantFrom('S-1', ''),
    temperatureTenths: fc.option(fc.integer({ min: -300, max: 300 }), { nil: undefined }),
    condition: fc.constantFrom('sound', 'damaged', 'wrong_goods'),
    temperatureClass: fc.constantFrom('ambient', 'cool', 'chilled', 'frozen'),
  });
  const announcements = fc.record<ExpectedGoods>({
    source: fc.constantFrom<GoodsSource>(of('C-1'), of('C-2'), { kind: 'notice', noticeId: 'N-1', line: 1 }),
    phase: fc.constant('expected'),
    count: fc.bigInt(1n, 200n),
  });
  const dispositions = fc.option(fc.constantFrom<Disposition>('accept', 'accept_under_reserve', 'refuse'), { nil: undefined });

  it('finds a line as expected alone or not at all, and short or over exactly when the counts differ', () => {
    fc.assert(
      fc.property(announcements, lines, (announced, observed) => {
        const findings = findingsOf(truck, announced, observed, table);
        expect(findings.length).toBeGreaterThan(0);
        expect(new Set(findings).size).toBe(findings.length);
        if (findings.includes('as_expected')) expect(findings).toHaveLength(1);
        expect(findings.includes('short') || findings.includes('over')).toBe(observed.count !== announced.count);
      }),
    );
  });

  it('accepts only goods that are there, weighed, and of the announced kind; refuses only with a finding', () => {
    fc.assert(
      fc.property(announcements, lines, dispositions, (announced, observed, disposition) => {
        const decision = receiveLine(truck, announced, observed, disposition, table);
        if (!decision.accepted) return;
        const [event] = decision.events;
        if (event!.type === 'LineRefused') expect(event!.findings).not.toContain('as_expected');
        else {
          expect(observed.count > 0n && observed.grams > 0n && observed.scaleTicket !== '' && observed.condition !== 'wrong_goods').toBe(true);
          expect(disposition ?? 'accept').toBe(event!.disposition);
          if (disposition === undefined) expect(event!.findings).toEqual(['as_expected']);
        }
        expect(allowedDispositions(event!.findings)).toContain(event!.type === 'LineRefused' ? 'refuse' : event!.disposition);
      }),
      { numRuns: 1000 },
    );
  });
});
