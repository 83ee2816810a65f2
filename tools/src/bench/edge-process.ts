import { startGateway } from '@naru/gateway/gateway';
import { TokenVerifier } from '@naru/platform/auth/verifier';
import { startTelemetry } from '@naru/platform/telemetry-start';
import { startHandWrittenEdge } from './baseline/hand-written-edge.js';
import { runChild } from './child.js';

/** One HTTP edge in a process of its own, so that its CPU time can be told from all others. */
export interface EdgeProcessOptions {
  readonly edge: 'ours' | 'hand-written';
  readonly auctionAddress: string;
  readonly issuer: string;
  readonly jwksUrl: string;
}

async function startEdge({ edge, auctionAddress, issuer, jwksUrl }: EdgeProcessOptions): Promise<{ readonly port: number; close(): Promise<void> }> {
  const verifier = new TokenVerifier({ issuer, jwksUrl });
  if (edge === 'hand-written') return startHandWrittenEdge({ auctionAddress, verifier });
  const gateway = await startGateway({
    ...{ host: '127.0.0.1', port: 0, services: new Map([['auction', auctionAddress]]), oidcAddress: 'http://127.0.0.1:9', issuer },
    verify: (authorization) => verifier.verify(authorization),
    log: (line) => line.level !== 'info' && console.error(line),
  });
  return { port: gateway.port, close: () => gateway.close(1_000) };
}

await runChild<EdgeProcessOptions>(async (options) => {
  await startTelemetry({});
  const edge = await startEdge(options);
  const cpuMicros = (): number => {
    const { user, system } = process.cpuUsage();
    return user + system;
  };
  return { ready: { port: edge.port }, answers: { cpuMicros }, stop: () => edge.close() };
});
