import type { Cluster } from '@naru/postgres/cluster';

export default async function teardown(): Promise<void> {
  await (globalThis as { cluster?: Cluster }).cluster?.remove();
}
