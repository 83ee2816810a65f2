import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import { IMAGE, kafkaSource } from './source.js';

/** A broker that a test may break. */
export interface Broker {
  /** `host:port` */
  readonly address: string;
  /** Kills it with SIGKILL; its data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
  /** SIGSTOP */
  pause(): Promise<void>;
  /** SIGCONT */
  resume(): Promise<void>;
  /** Ends it for good. */
  remove(): Promise<void>;
}

const START = fileURLToPath(new URL('../../../../infra/kafka/start', import.meta.url));
const READY_MS = 60_000;

/** Folder of the run, made by the setup: whatever lies there as `*.stop` is run as a shell script when the run ends, whichever way. */
function runFolder(): string {
  const folder = process.env['NARU_TEST_KAFKA'];
  if (!folder) throw new Error('NARU_TEST_KAFKA is not set: run the tests with npm test');
  return folder;
}

let serial = 0;
function atTheEnd(script: string): void {
  writeFileSync(join(runFolder(), `${process.pid}-${serial++}.stop`), `${script}\n`);
}

/** Starts a broker on this machine, and waits until it answers. @throws when none can be had. */
export async function startBroker(): Promise<Broker> {
  const source = await kafkaSource();
  switch (source.kind) {
    case 'container':
      return startContainer(await freePorts());
    case 'jars':
      return startJars(await freePorts());
    case 'none':
      throw new Error(`no Kafka can be had: ${source.why}`);
  }
}

/** A port of loopback such that the next one is free as well. */
async function freePorts(): Promise<number> {
  const listen = (port: number): Promise<{ port: number; close(): void } | undefined> =>
    new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => resolve({ port: (server.address() as { port: number }).port, close: () => server.close() }));
    });
  for (;;) {
    const first = (await listen(0))!;
    const second = await listen(first.port + 1);
    first.close();
    second?.close();
    if (second) return first.port;
  }
}

async function untilReady(address: string, ended: () => string | undefined): Promise<void> {
  for (const end = Date.now() + READY_MS; ; ) {
    const admin = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 0 } }).admin();
    try {
      await admin.connect();
      await admin.describeCluster();
      return;
    } catch (error) {
      const why = ended();
      if (why !== undefined || Date.now() > end) throw new Error(`Kafka at ${address} is not ready: ${why ?? String(error)}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await admin.disconnect().catch(() => {}); // it was never connected
    }
  }
}

async function startJars(port: number): Promise<Broker> {
  const address = `127.0.0.1:${port}`;
  const folder = mkdtempSync(join(runFolder(), 'broker-'));
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    let said = '';
    const log = createWriteStream(join(folder, 'broker.log'), { flags: 'a' });
    // a process group of its own: Ctrl-C is for the tests, which end it
    child = spawn(START, [folder, String(port)], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-2_000);
        log.write(chunk);
      });
      (stream as unknown as { unref(): void }).unref();
    }
    child.unref();
    atTheEnd(`kill -KILL ${child.pid!}`);
    await untilReady(address, () => (child.exitCode === null && child.signalCode === null ? undefined : `it ended: ${said}`));
  };
  const signal = async (name: NodeJS.Signals): Promise<void> => void child.kill(name);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return { address, kill, restart: start, pause: () => signal('SIGSTOP'), resume: () => signal('SIGCONT'), remove: kill };
}

async function startContainer(port: number): Promise<Broker> {
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true'; // its image may not be there either; this run clears away by itself
  const { GenericContainer, Wait, getContainerRuntimeClient } = await import('testcontainers');
  const address = `127.0.0.1:${port}`;
  // the image drops its defaults once one setting is given
  const started = await new GenericContainer(IMAGE)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${address}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '4',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_LOG_DIRS: '/tmp/kraft-combined-logs',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(READY_MS)
    .start();
  atTheEnd(`docker rm -f ${started.getId()} >/dev/null`);
  const container = (await getContainerRuntimeClient()).container.getById(started.getId());
  await untilReady(address, () => undefined);
  return {
    address,
    kill: async () => void (await container.kill()),
    async restart() {
      await container.start();
      await untilReady(address, () => undefined);
    },
    pause: async () => void (await container.pause()),
    resume: async () => void (await container.unpause()),
    remove: async () => void (await container.remove({ force: true })),
  };
}

/** Makes the folder of a run; gives what clears away whatever was started there. The same is done when this process is gone. */
export function openRunFolder(folder: string): () => Promise<void> {
  mkdirSync(folder, { recursive: true });
  process.env['NARU_TEST_KAFKA'] = folder;
  const script = 'cat >/dev/null; for file in "$1"/*.stop; do test -f "$file" && sh "$file" 2>/dev/null; done; rm -rf "$1"';
  const watcher = spawn('/bin/sh', ['-c', script, 'naru-test-kafka', folder], { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  watcher.on('error', () => {}); // no POSIX shell, and then no broker of ours
  const gone = new Promise<void>((resolve) => watcher.on('close', () => resolve()));
  return async () => {
    watcher.stdin.end();
    await gone;
  };
}
