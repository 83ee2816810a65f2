import { startTestService } from '@naru/testing/test-service';
import { RealBusinessClock } from '@naru/platform/clocks';
import { warehousing } from '../warehousing.module.js';

/**
 * Warehousing in a process of its own that ends itself at a crash point: `node crashing-service.js '{"databaseUrl":…,"issuer":…,"jwksUrl":…,"crashAt":…}'`.
 * Its first line of output is its address.
 */
const { databaseUrl, issuer, jwksUrl, crashAt } = JSON.parse(process.argv[2]!) as Record<'databaseUrl' | 'issuer' | 'jwksUrl' | 'crashAt', string>;
const services = new Map([['warehousing', { databaseUrl }]]);
const service = await startTestService(warehousing, {
  database: { services } as unknown as Parameters<typeof startTestService>[1]['database'],
  issuer: { issuer, jwksUrl } as unknown as Parameters<typeof startTestService>[1]['issuer'],
  clock: new RealBusinessClock(),
  config: { crashAt },
});
process.stdout.write(`${service.address}\n`);
