/**
 * Roles are named sets of permissions, versioned with the code. A pattern `auction:*:read` stands for every noun.
 * Tokens carry roles; permissions are looked up here, so a changed role is felt at once.
 */
export const ROLES = {
  /** Runs the platform: identity, and the stream of events. */
  'platform-operator': ['identity:*:*', 'gateway:*:*'],
  /** Naru's own services. */
  service: ['*:*:*'],
  /** Runs a market. */
  'market-operator': ['auction:market:*', 'auction:session:*', 'auction:bidder:*', 'auction:lot:*', 'auction:consignment:read', 'auction:bid:read', 'identity:me:read'],
  /** Sends goods to be sold. */
  consignor: ['auction:consignment:*', 'auction:lot:read', 'auction:market:read', 'auction:session:read', 'warehousing:centre:read', 'warehousing:receipt:read', 'warehousing:stock:read', 'warehousing:item:read', 'identity:me:read'],
  /** Buys. */
  bidder: ['auction:bid:*', 'auction:lot:read', 'auction:market:read', 'auction:session:read', 'auction:bidder:read', 'warehousing:stock:read', 'identity:me:read'],
  /** Brings goods. */
  carrier: ['warehousing:appointment:book', 'warehousing:appointment:read', 'warehousing:centre:read', 'identity:me:read'],
  /** Runs a centre. */
  'centre-operator': ['warehousing:*:*', 'identity:me:read'],
  /** Reads markets. */
  analyst: ['auction:market:read', 'auction:session:read', 'auction:lot:read', 'identity:me:read'],
  /** Looks after an organization's own members and clients. */
  'organization-admin': ['identity:organization:read', 'identity:membership:*', 'identity:client:*', 'identity:key:*', 'identity:me:read'],
} as const satisfies Record<string, readonly string[]>;

export type Role = keyof typeof ROLES;

export function isRole(name: string): name is Role {
  return Object.hasOwn(ROLES, name);
}

function covers(pattern: string, permission: string): boolean {
  const wanted = permission.split(':');
  return pattern.split(':').every((part, i) => part === '*' || part === wanted[i]);
}

/** Whether one of `roles` includes `permission`. Unknown roles include nothing. */
export function permits(roles: readonly string[], permission: string): boolean {
  return roles.some((role) => isRole(role) && ROLES[role].some((pattern) => covers(pattern, permission)));
}
