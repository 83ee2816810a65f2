// A warehousing in a process of its own, which kills itself at a named point: started by crashes.spec.ts.
import { ScenarioClock } from '@naru/platform/clocks';
import type { ServiceConfig } from '@naru/platform/config';
import { startService } from '@naru/platform/service';
import { warehousing } from '../warehousing.module.js';

/** What the process is told in its environment, as JSON. */
export type MortalConfig = Pick<ServiceConfig, 'databaseUrl' | 'issuer' | 'jwksUrl' | 'pageTokenKey'> & { readonly crashAt: string; readonly now: number };

const { now, ...config } = JSON.parse(process.env['MORTAL']!) as MortalConfig;
const service = await startService(warehousing, { ...config, poolSize: 4, grpcAddress: '127.0.0.1:0', businessClock: new ScenarioClock(now), log: () => {} });
process.stdout.write(`${service.address}\n`);
