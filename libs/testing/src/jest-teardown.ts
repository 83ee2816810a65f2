import type { Cluster } from '@naru/postgres/cluster';

export default async function teardown(): Promise<void> {
  const { cluster, clearKafka } = globalThis as { cluster?: Cluster; clearKafka?: () => Promise<void> };
  await Promise.all([cluster?.remove(), clearKafka?.()]);
}
