import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DescMessage } from '@bufbuild/protobuf';
import { rpcs } from '@naru/contracts/registry';
import { seededRandom } from '@naru/kernel/random';
import { ANONYMOUS } from '@naru/platform/auth/verifier';
import { Malformed, statusOf } from '@naru/platform/rpc/status';
import { validateBytes } from '@naru/platform/rpc/validation';
import { type RunningGateway, startGateway } from '../gateway.js';
import { type EchoServices, startEchoServices } from './echo-services.js';
import { fuzz } from './fuzz.js';
import { chanceOf, randomMessage } from './random-messages.js';

const CALLS = 2500;

let echo: EchoServices;
let gateway: RunningGateway;

beforeAll(async () => {
  echo = await startEchoServices();
  gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    services: echo.services,
    verify: async (authorization) => (authorization === 'Bearer held' ? { caller: ANONYMOUS, issuedAt: Date.now(), expiresAt: Date.now() + 60_000, credentials: [] } : undefined),
    oidcAddress: 'http://127.0.0.1:1',
    issuer: 'http://localhost:7700/oidc',
    log: (line) => console.error(line),
  });
});
afterAll(async () => {
  await gateway?.close(1000);
  echo?.close();
});

/** As every service does before it looks at a request. */
function refuseMalformed(input: DescMessage, bytes: Buffer): void {
  try {
    validateBytes(input, bytes);
  } catch (error) {
    throw error instanceof Malformed ? Object.assign(new Error('malformed'), statusOf(error.refusal, error.violations)) : error;
  }
}

describe('calls made from the descriptors', () => {
  it('meet no 500 and no body that breaks its schema, when services answer anything at all', async () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
    const chance = chanceOf(seededRandom(seed + 1));
    echo.answer = ({ path, bytes }) => {
      const { input, output } = rpcs.get(path)!.method;
      refuseMalformed(input, bytes);
      return randomMessage(output, chance);
    };
    const report = await fuzz({ url: `http://127.0.0.1:${gateway.port}`, seed, calls: CALLS, token: 'held' });
    console.info(`fuzz: seed ${seed}, ${report.calls} calls, ${JSON.stringify(report.byStatus)}`);
    expect(report.faults.slice(0, 5)).toEqual([]);
    expect(Object.keys(report.byStatus)).toEqual(expect.arrayContaining(['200', '400', '401', '404', '405', '413']));
    expect(Object.keys(report.succeeded).length).toBeGreaterThan(50);
  }, 120_000);

  it('are seen when they go wrong', async () => {
    echo.answer = () => {
      throw Object.assign(new Error('x'), { code: 13 });
    };
    const { faults } = await fuzz({ url: `http://127.0.0.1:${gateway.port}`, seed: 1, calls: 100, token: 'held' });
    expect(faults.some((fault) => fault.status === 500)).toBe(true);
  });
});
