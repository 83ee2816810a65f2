import { RealBusinessClock } from '@naru/platform/clocks';
import { startService } from '@naru/platform/service';
import { startTelemetry } from '@naru/platform/telemetry-start';
import { warehousing } from '@naru/warehousing/warehousing.module';
import { runChild } from './child.js';

/** Warehousing in a process of its own, as `--processes` and production run it. */
export interface WarehousingOptions {
  readonly databaseUrl: string;
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly turnstile: 'on' | 'off';
}

/** As in the launcher. */
const POOL_SIZE = 10;

await runChild<WarehousingOptions>(async (options) => {
  await startTelemetry({});
  const service = await startService(warehousing, {
    ...options,
    ...{ poolSize: POOL_SIZE, grpcAddress: '127.0.0.1:0', pageTokenKey: 'key of the page tokens of the bench', businessClock: new RealBusinessClock() },
    log: (line) => line.level !== 'info' && console.error(line),
  });
  return { ready: { address: service.address }, answers: { isSettled: async () => service.idle && (await service.settledAt()) !== undefined }, stop: () => service.stop() };
});
