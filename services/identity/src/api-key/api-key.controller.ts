import { Controller } from '@nestjs/common';
import {
  ApiKey,
  ApiKeyServiceService,
  type CreateApiKeyRequest,
  type CreateApiKeyResponse,
  type ExchangeApiKeyRequest,
  type ExchangeApiKeyResponse,
  type ListApiKeysRequest,
  type ListApiKeysResponse,
  type RevokeApiKeyRequest,
  type RevokeApiKeyResponse,
  type RotateApiKeyRequest,
  type RotateApiKeyResponse,
} from '@naru/contracts/gen/naru/identity/v1/api_key_service';
import { CredentialKind } from '@naru/contracts/gen/naru/identity/v1/revocation_service';
import type { ErrorCode } from '@naru/kernel/errors';
import { refused } from '@naru/kernel/decision';
import { apiKeyOf, newApiKey } from '@naru/platform/auth/api-key';
import { systemClock } from '@naru/platform/clocks';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import { type Call, type Caller, type CommandCall, may } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { Malformed } from '@naru/platform/rpc/status';
import { ServiceContext } from '@naru/platform/service-context';
import { AuditLog, by } from '../audit/audit-log.js';
import { auditedEvents } from '../audit/audited-events.js';
import { secretHash, secretMatches } from '../client/secret.shell.js';
import { PERMISSIONS } from '../membership/permissions.js';
import { OrganizationStore } from '../organization/organization.store.js';
import { requireParty } from '../organization/scope.js';
import { forGood } from '../revocation/revocation.js';
import { RevocationStore } from '../revocation/revocation.store.js';
import { settingsOf } from '../settings.js';
import { isAllowed, isNetwork } from './addresses.shell.js';
import { type Creator, createApiKey, isAlive, revokeApiKey, rotateApiKey } from './api-key.js';
import { ApiKeyStore, type KnownKey } from './api-key.store.js';
import { ApiKeyTokens } from './api-key-tokens.shell.js';
import { LastUses } from './last-uses.timer.js';

const KNOWN = new Set(PERMISSIONS);

function creatorOf(caller: Caller): Creator {
  return { isKnown: (permission) => KNOWN.has(permission), has: (permission) => may(caller, permission) };
}

function objectOf(organizationId: string, keyId: string): string {
  return `organizations/${organizationId}/api-keys/${keyId}`;
}

@Controller()
export class ApiKeyController {
  readonly #environment: string;

  constructor(
    private readonly keys: ApiKeyStore,
    private readonly tokens: ApiKeyTokens,
    private readonly uses: LastUses,
    private readonly organizations: OrganizationStore,
    private readonly revocations: RevocationStore,
    private readonly audit: AuditLog,
    private readonly pages: PageTokens,
    context: ServiceContext,
  ) {
    this.#environment = settingsOf(context.config).keyEnvironment;
  }

  @Command(ApiKeyServiceService.createApiKey)
  async createApiKey({ organizationId, name, scopes, expiresAt, allowedAddresses }: CreateApiKeyRequest, call: CommandCall): Promise<CreateApiKeyResponse> {
    const { caller, tx } = call;
    requireParty(caller, organizationId);
    const wrong = allowedAddresses.flatMap((address, i) => (isNetwork(address) ? [] : [{ field: `allowedAddresses[${i}]`, code: 'address', detail: 'must be an address, or a network with its prefix length' }]));
    if (wrong.length > 0) throw new Malformed(wrong);
    if (!(await this.organizations.lock(tx, organizationId))) refused('NOT_FOUND');
    const made = newApiKey(this.#environment);
    const object = objectOf(organizationId, made.keyId);
    const [created] = auditedEvents(this.audit, call, object, createApiKey({ scopes, expiresAt: expiresAt?.getTime() }, creatorOf(caller), systemClock.now()));
    if (created?.type !== 'ApiKeyCreated') return { key: undefined, secret: '' };
    const key = ApiKey.fromPartial({ keyId: made.keyId, organizationId, name, scopes: [...created.scopes], allowedAddresses, createdBy: caller.subject, createdAt: new Date(systemClock.now()), expiresAt });
    await this.keys.insert(tx, key, made.keyId, secretHash(made.secret));
    await this.audit.write(tx, { action: 'API_KEY_CREATED', ...by(caller), object });
    return { key, secret: made.text };
  }

  @Command(ApiKeyServiceService.rotateApiKey)
  async rotateApiKey({ organizationId, keyId, expiresAt }: RotateApiKeyRequest, call: CommandCall): Promise<RotateApiKeyResponse> {
    const { caller, tx } = call;
    requireParty(caller, organizationId);
    const { family, known } = await this.#lockedFamily(call, organizationId, keyId);
    const made = newApiKey(this.#environment);
    const decision = rotateApiKey(family.map((one) => one.state), keyId, { expiresAt: expiresAt?.getTime() }, creatorOf(caller), systemClock.now());
    const [created] = auditedEvents(this.audit, call, objectOf(organizationId, keyId), decision);
    if (created?.type !== 'ApiKeyCreated') return { key: undefined, secret: '' };
    const { name, allowedAddresses } = known.message;
    const key = ApiKey.fromPartial({ keyId: made.keyId, organizationId, name, scopes: [...created.scopes], allowedAddresses, createdBy: caller.subject, createdAt: new Date(systemClock.now()), expiresAt, rotatedFrom: keyId });
    await this.keys.insert(tx, key, known.familyId, secretHash(made.secret));
    await this.audit.write(tx, { action: 'API_KEY_ROTATED', ...by(caller), object: objectOf(organizationId, keyId) });
    return { key, secret: made.text };
  }

  @Command(ApiKeyServiceService.revokeApiKey)
  async revokeApiKey({ organizationId, keyId }: RevokeApiKeyRequest, call: CommandCall): Promise<RevokeApiKeyResponse> {
    const { caller, tx, receivedAt } = call;
    requireParty(caller, organizationId);
    const { known } = await this.#lockedFamily(call, organizationId, keyId);
    const object = objectOf(organizationId, keyId);
    if (auditedEvents(this.audit, call, object, revokeApiKey(known.state)).length === 0) return { key: known.message };
    const key = await this.keys.revoke(tx, keyId, systemClock.now());
    await this.audit.write(tx, { action: 'API_KEY_REVOKED', ...by(caller), object });
    await this.revocations.revoke(tx, { kind: CredentialKind.KEY, credentialId: keyId, organizationId, notBefore: forGood(systemClock.now()) }, receivedAt);
    return { key };
  }

  @Rpc(ApiKeyServiceService.listApiKeys)
  async listApiKeys({ organizationId, ...page }: ListApiKeysRequest, { caller }: Call): Promise<ListApiKeysResponse> {
    requireParty(caller, organizationId);
    const list = `api-keys/${organizationId}`;
    const after = this.pages.open(page.pageToken, list, caller.organizationId);
    const size = pageSize(page.pageSize);
    const rows = await this.keys.list(organizationId, { after, limit: size + 1 });
    if (rows.length === 0 && !(await this.organizations.find(organizationId))) refused('NOT_FOUND');
    const { items, nextPageToken } = this.pages.cut(rows, size, list, caller.organizationId, (row) => row.keyId);
    return { keys: [...items], nextPageToken };
  }

  @Rpc(ApiKeyServiceService.exchangeApiKey)
  async exchangeApiKey({ secret, address }: ExchangeApiKeyRequest): Promise<ExchangeApiKeyResponse> {
    const parts = apiKeyOf(secret);
    if (parts?.environment !== this.#environment) refused('UNAUTHENTICATED'); // before any look into the database
    const found = await this.keys.find(parts.keyId);
    const now = systemClock.now();
    if (!found || !secretMatches(parts.secret, found.secretSha256)) return this.#refuse('UNAUTHENTICATED', parts.keyId, '');
    const { state, message } = found;
    if (!isAlive(state, now)) return this.#refuse(state.revokedAt === undefined ? 'UNAUTHENTICATED' : 'CREDENTIAL_REVOKED', parts.keyId, message.organizationId);
    if (!isAllowed(address, message.allowedAddresses)) return this.#refuse('ADDRESS_NOT_ALLOWED', parts.keyId, message.organizationId);
    const accessToken = await this.tokens.tokenFor(message);
    await this.audit.writeAlone({ action: 'TOKEN_GRANTED', subject: state.keyId, organizationId: message.organizationId, object: objectOf(message.organizationId, state.keyId) });
    this.uses.note(state.keyId, now);
    return { accessToken };
  }

  /** A refused key is in the audit log; of an unknown one only its id, which is no secret. */
  async #refuse(code: ErrorCode, keyId: string, organizationId: string): Promise<never> {
    await this.audit.writeAlone({ action: 'TOKEN_REFUSED', subject: '', organizationId, object: `api-keys/${keyId}`, code });
    refused(code);
  }

  /** The key and its family, under the organization's lock: two that rotate at once do not make three. */
  async #lockedFamily({ tx }: CommandCall, organizationId: string, keyId: string): Promise<{ readonly family: readonly KnownKey[]; readonly known: KnownKey }> {
    if (!(await this.organizations.lock(tx, organizationId))) refused('NOT_FOUND');
    const family = await this.keys.family(tx, organizationId, keyId);
    return { family, known: family.find((one) => one.state.keyId === keyId) ?? refused('NOT_FOUND') };
  }
}
