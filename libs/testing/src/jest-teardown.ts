import { rmSync } from 'node:fs';
import type { Cluster } from '@naru/postgres/cluster';

export default async function teardown(): Promise<void> {
  const { cluster } = globalThis as { cluster?: Cluster };
  await cluster?.stop();
  if (cluster) rmSync(cluster.dataDir, { recursive: true, force: true });
}
