import { type Adapter, type AdapterPayload, type ClientAuthMethod, Provider } from 'oidc-provider';
import type { ClientStore } from '../client/client.store.js';
import { secretMatches } from '../client/secret.shell.js';

/** Clients as the issuer reads them: from our own table, and only from there. Its `client_secret` is the hash of the secret. */
export class ClientAdapter implements Adapter {
  readonly #clients: ClientStore;

  constructor(clients: ClientStore) {
    this.#clients = clients;
  }

  async find(clientId: string): Promise<AdapterPayload | undefined> {
    const found = await this.#clients.find(clientId);
    if (!found) return undefined;
    const { client, secretSha256 } = found;
    return {
      client_id: client.clientId,
      client_name: client.name,
      client_secret: secretSha256.toString('hex'),
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      naru_organization: client.organizationId,
      naru_kind: client.roles.includes('service') ? 'service' : 'client',
      naru_roles: client.roles,
    };
  }

  async upsert(): Promise<void> {
    throw new Error('clients are registered by the ClientService');
  }

  async destroy(): Promise<void> {
    throw new Error('clients are not removed by the issuer');
  }

  async findByUid(): Promise<undefined> {}

  async findByUserCode(): Promise<undefined> {}

  async consume(): Promise<void> {}

  async revokeByGrantId(): Promise<void> {}
}

/**
 * The library compares secrets as they are; ours are kept as hashes. Each provider has a Client class of its own,
 * whose two methods are replaced: the comparison, and the way of authentication, of which ours may use both that carry a secret.
 */
export function compareSecretsByHash(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as { clientSecret?: string; tokenEndpointAuthMethod: ClientAuthMethod };
  Object.defineProperties(prototype, {
    compareClientSecret: {
      value(this: typeof prototype, given: string): boolean {
        return secretMatches(given, Buffer.from(this.clientSecret ?? '', 'hex'));
      },
    },
    clientAuthMethod: {
      get(this: typeof prototype): ClientAuthMethod {
        if (this.tokenEndpointAuthMethod !== 'client_secret_basic') return this.tokenEndpointAuthMethod;
        return Provider.ctx?.get('authorization') ? 'client_secret_basic' : 'client_secret_post';
      },
    },
  });
}
