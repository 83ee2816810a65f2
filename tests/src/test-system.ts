import type { BusinessClock } from '@naru/kernel/clock';
import type { Instant } from '@naru/kernel/instant';
import { ScenarioClock } from '@naru/platform/clocks';
import type { ServiceConfig } from '@naru/platform/config';
import { type TestDatabase, createTestDatabase } from '@naru/testing/test-database';
import { ApiClient, type Credentials } from '@naru/tools/api/client';
import { OPERATOR_CLIENT } from '@naru/tools/launcher/accounts';
import { settle } from '@naru/tools/launcher/settle';
import { type RunningSystem, type SystemOptions, startSystem } from '@naru/tools/launcher/system';

export const OPERATOR_SECRET = 'secret of the operator in tests';
export const PAGE_TOKEN_KEY = 'page tokens in tests';

export interface TestSystem extends RunningSystem {
  readonly database: TestDatabase;
  readonly clock: ScenarioClock;
  /** Naru's own operator. */
  readonly operator: ApiClient;
  readonly operatorCredentials: Credentials;
  /** A new organization with a client in `roles`. */
  newParty(name: string, kind: string, roles: readonly string[]): Promise<Party>;
  /** Waits until every event has had its effects. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface Party {
  readonly organizationId: string;
  readonly api: ApiClient;
}

let keys = 0;
/** A new Idempotency-Key. */
export const key = (): string => `test-${process.pid}-${keys++}`;

/** Waits until `condition` holds; fails after `limitMs`. */
export async function until(condition: () => Promise<boolean>, limitMs = 10_000): Promise<void> {
  for (const end = Date.now() + limitMs; !(await condition()); ) {
    if (Date.now() > end) throw new Error('what is waited for does not come');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const MARKET_DAY_START = Date.parse('2022-06-23T02:00:00+09:00');

/** The whole system on a database of its own, behind its gateway, with a business clock that the test moves. */
export async function startTestSystem(options: { startsAt?: Instant; clock?: BusinessClock; config?: Partial<ServiceConfig>; revocation?: SystemOptions['revocation'] } = {}): Promise<TestSystem> {
  const database = await createTestDatabase();
  const clock = new ScenarioClock(options.startsAt ?? MARKET_DAY_START);
  const system = await startSystem({
    provisioned: database.services,
    port: 0,
    businessClock: options.clock ?? clock,
    operatorSecret: OPERATOR_SECRET,
    pageTokenKey: PAGE_TOKEN_KEY,
    log: (line) => {
      if (line.level === 'error') console.error(line);
    },
    ...(options.config ? { config: options.config } : {}),
    ...(options.revocation ? { revocation: options.revocation } : {}),
  });
  const operatorCredentials = { clientId: OPERATOR_CLIENT, clientSecret: OPERATOR_SECRET };
  const operator = new ApiClient(system.url, operatorCredentials);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= system.stop());
  return {
    ...system,
    database,
    clock,
    operator,
    operatorCredentials,
    async newParty(name, kind, roles) {
      const { organizationId } = await operator.post<{ organizationId: string }>('/v1/organizations', { name, kind }, key());
      const { client, clientSecret } = await operator.post<{ client: { clientId: string }; clientSecret: string }>(`/v1/organizations/${organizationId}/clients`, { name, roles });
      return { organizationId, api: new ApiClient(system.url, { clientId: client.clientId, clientSecret }) };
    },
    settle: () => settle(system),
    stop,
    async close() {
      await stop();
      await database.drop();
    },
  };
}
