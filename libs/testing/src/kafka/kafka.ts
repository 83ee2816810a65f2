import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { startBroker } from './broker.js';
import { kafkaSource } from './source.js';

const WAIT_MS = 120_000;

/**
 * Brokers for tests: those of `KAFKA_BROKERS`, else one broker that the first who asks starts, for all specs of the run.
 * @throws when none can be had.
 */
export async function testKafka(): Promise<readonly string[]> {
  const given = process.env['KAFKA_BROKERS'];
  if (given) return given.split(',');
  const folder = process.env['NARU_TEST_KAFKA'];
  if (!folder) throw new Error('NARU_TEST_KAFKA is not set: run the tests with npm test');
  const [answer, failure] = [join(folder, 'address'), join(folder, 'failure')];
  try {
    mkdirSync(join(folder, 'starting')); // one of the workers makes it, the others wait
  } catch {
    for (const end = Date.now() + WAIT_MS; !existsSync(answer); ) {
      if (existsSync(failure)) throw new Error(readFileSync(failure, 'utf8'));
      if (Date.now() > end) throw new Error('Kafka for the tests does not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return [readFileSync(answer, 'utf8')];
  }
  try {
    const { address } = await startBroker();
    writeFileSync(`${answer}.new`, address);
    renameSync(`${answer}.new`, answer);
    return [address];
  } catch (error) {
    writeFileSync(failure, String(error));
    throw error;
  }
}

/**
 * A suite that needs Kafka; `own` where it must be a broker that it may break, which `KAFKA_BROKERS` are not. Without Docker's image and
 * without Java it is skipped and counted as skipped, but on CI it fails.
 */
export async function describeOnKafka(name: string, suite: () => void, options: { readonly own?: boolean } = {}): Promise<void> {
  const given = process.env['KAFKA_BROKERS'] !== undefined && !options.own;
  const isThere = given || (await kafkaSource()).kind !== 'none';
  // eslint-disable-next-line no-restricted-syntax -- a machine with Node alone can run every other test; on CI nothing is skipped
  (isThere || process.env['CI'] === 'true' ? describe : describe.skip)(name, suite);
}
