import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ScenarioClock } from './clocks.js';
import { ConfigFault, configFromEnvironment } from './run.js';
import { type ScenarioState, openScenarioPort } from './scenario-port.js';

describe('a scenario port', () => {
  let clock: ScenarioClock;
  let ends: ReadonlyMap<string, bigint> | undefined;
  let idle: boolean;
  let opened: Awaited<ReturnType<typeof openScenarioPort>>;

  beforeEach(async () => {
    clock = new ScenarioClock(1_000);
    ends = new Map([['naru.auction.v1/0', 9_007_199_254_740_993n]]);
    idle = true;
    const service = {
      get idle() {
        return idle;
      },
      settledAt: async () => ends,
    };
    opened = await openScenarioPort({ host: '127.0.0.1', port: 0, clock, service });
  });
  afterEach(() => opened.close());

  const ask = async (to?: unknown): Promise<Response> => fetch(`http://127.0.0.1:${opened.port}`, to === undefined ? {} : { method: 'POST', body: JSON.stringify({ to }) });
  const state = async (to?: unknown): Promise<ScenarioState> => (await (await ask(to)).json()) as ScenarioState;

  it('moves the clock, and answers once what was due has run', async () => {
    let ran: number | undefined;
    clock.at(2_000, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      ran = clock.now();
    });
    expect(await state()).toEqual({ now: 1_000, nextDue: 2_000, ends: { 'naru.auction.v1/0': '9007199254740993' } });
    expect(await state(3_000)).toMatchObject({ now: 3_000, nextDue: null });
    expect(ran).toBe(2_000);
  });

  it('says nothing of where logs end while the service is busy or not settled', async () => {
    idle = false;
    expect((await state()).ends).toBeNull();
    [idle, ends] = [true, undefined];
    expect((await state()).ends).toBeNull();
  });

  it.each(['soon', 1.5, null])('moves to no instant that is none: %j', async (to) => {
    expect((await ask(to)).status).toBe(500);
    expect(clock.now()).toBe(1_000);
  });
});

describe('a service that runs alone', () => {
  const environment = { DATABASE_URL: 'postgres://auction_app@localhost/naru', ISSUER: 'http://localhost/oidc', JWKS_URL: 'http://localhost/jwks', PAGE_TOKEN_KEY: 'key' };
  const of = (more: Record<string, string>) => configFromEnvironment({ ...environment, ...more }, () => {});

  it('takes a scenario clock where it is asked to, and never in production', () => {
    expect(of({ SCENARIO_CLOCK: '2022-06-22T17:00:00Z' }).businessClock.now()).toBe(Date.UTC(2022, 5, 22, 17));
    expect(() => of({ SCENARIO_CLOCK: '2022-06-22T17:00:00Z', NODE_ENV: 'production' })).toThrow(ConfigFault);
    expect(() => of({ SCENARIO_CLOCK: 'morning' })).toThrow('SCENARIO_CLOCK');
  });

  it.each([
    [{ BUS: 'pigeon' }, 'BUS'],
    [{ BUS: 'kafka' }, 'KAFKA_BROKERS'],
    [{ BUS: 'kafka', KAFKA_BROKERS: 'kafka' }, 'KAFKA_BROKERS'],
    [{ BUS: 'kafka', KAFKA_BROKERS: 'kafka:9092', KAFKA_TOPIC_PREFIX: 'a b' }, 'KAFKA_TOPIC_PREFIX'],
  ])('names the setting of its bus that is wrong: %j', (more, name) => {
    expect(() => of(more as unknown as Record<string, string>)).toThrow(name);
  });

  it('takes its bus from the environment', () => {
    expect(of({}).kafka).toBeUndefined();
    expect(of({ BUS: 'kafka', KAFKA_BROKERS: 'a:9092, b:9092' }).kafka).toEqual({ brokers: ['a:9092', 'b:9092'], prefix: '' });
  });
});
