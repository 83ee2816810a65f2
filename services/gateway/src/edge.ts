import { rpcs } from '@naru/contracts/registry';
import { TokenVerifier } from '@naru/platform/auth/verifier';
import type { ServiceConfig } from '@naru/platform/config';
import { ConfigFault, type Environment } from '@naru/platform/run';
import type { RunningService } from '@naru/platform/service';
import { startGateway } from './gateway.js';

const CLOSE_MS = 5_000;
const DEFAULT_PORT = 7700;

/**
 * The HTTP edge beside the gateway's own service, where each service is a process of its own: `HTTP_HOST`, `HTTP_PORT`, `OIDC_ADDRESS`
 * (identity's listener) and for each service of the contracts `<SERVICE>_ADDRESS`, such as `AUCTION_ADDRESS=auction:7701`.
 */
export async function startEdge(service: RunningService, config: ServiceConfig, environment: Environment): Promise<() => Promise<void>> {
  const needed = (name: string): string => environment[name] || fault(`${name} is not set`);
  const port = Number(environment['HTTP_PORT'] ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) fault('HTTP_PORT is no port');
  const others = [...new Set([...rpcs.values()].map((rpc) => rpc.service))].filter((name) => name !== service.name);
  const verifier = new TokenVerifier(config);
  const edge = await startGateway({
    host: environment['HTTP_HOST'] ?? '127.0.0.1',
    port,
    services: new Map([[service.name, service.address], ...others.map((name) => [name, needed(`${name.toUpperCase()}_ADDRESS`)] as const)]),
    verify: (authorization) => verifier.verify(authorization),
    onUnauthenticated: (method) => service.refusals.record({ method, subject: '', organizationId: '', code: 'UNAUTHENTICATED' }),
    oidcAddress: needed('OIDC_ADDRESS'),
    issuer: config.issuer,
    log: config.log,
  });
  return () => edge.close(CLOSE_MS);
}

function fault(message: string): never {
  throw new ConfigFault(message);
}
