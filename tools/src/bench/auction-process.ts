import { auction } from '@naru/auction/auction.module';
import { RealBusinessClock } from '@naru/platform/clocks';
import { startService } from '@naru/platform/service';
import { startTelemetry } from '@naru/platform/telemetry-start';
import { runChild } from './child.js';

/** The auction service in a process of its own, as `--processes` and production run it. */
export interface AuctionOptions {
  readonly databaseUrl: string;
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly turnstile: 'on' | 'off';
}

/** As in the launcher. */
const POOL_SIZE = 10;

await runChild<AuctionOptions>(async (options) => {
  await startTelemetry({});
  const service = await startService(auction, {
    ...options,
    ...{ poolSize: POOL_SIZE, grpcAddress: '127.0.0.1:0', pageTokenKey: 'key of the page tokens of the bench', businessClock: new RealBusinessClock() },
    log: (line) => line.level !== 'info' && console.error(line),
  });
  return { ready: { address: service.address }, answers: { isSettled: async () => service.idle && (await service.settledAt()) !== undefined }, stop: () => service.stop() };
});
