import { rpcs } from '@naru/contracts/registry';

/** Every permission that a contract asks for. */
export const PERMISSIONS: readonly string[] = [...new Set([...rpcs.values()].map((rpc) => rpc.access.permission).filter((permission) => permission !== ''))].sort();
