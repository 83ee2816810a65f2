import { type Action, type BidAction, type MarketAction, isShopAction } from '../market-day/actions.js';
import type { Accounts } from './accounts.js';
import { jsonOf, rfc3339 } from './json.js';
import { allOf } from './pages.js';
import { type Outcome, taken } from './outcome.js';
import type { PlanIds } from './plan-ids.js';
import { shopCall } from './shop-calls.js';

interface Outcomes {
  readonly outcomes: readonly (Outcome & { readonly consignmentId?: string; readonly lotId?: string; readonly itemId?: string })[];
}

/** Makes the calls of a plan through the public API, each with its key: a call that was answered before gets its first answer. */
export class Caller {
  readonly #accounts: Accounts;
  readonly ids: PlanIds;
  readonly #locations = new Map<string, string>();
  readonly #names = new Map<string, string>();

  constructor(accounts: Accounts, ids: PlanIds) {
    this.#accounts = accounts;
    this.ids = ids;
  }

  async call(action: Action): Promise<void> {
    if (!isShopAction(action)) return this.#marketCall(action);
    await shopCall(action, { api: (organization) => this.#accounts.of(organization), ids: this.ids, location: (centre, code) => this.#location(centre, code) });
  }

  async #marketCall(action: MarketAction): Promise<void> {
    const { ids } = this;
    const api = this.#accounts.of(action.by);
    const post = <T>(path: string, body: unknown): Promise<T> => api.post<T>(path, jsonOf(body), action.key);
    switch (action.kind) {
      case 'register-organization': {
        const { organizationId } = await post<{ organizationId: string }>('/v1/organizations', action.body);
        this.#names.set(action.organization, action.body.name);
        return void ids.keep('organization', action.organization, organizationId);
      }
      case 'declare-affiliation':
        return void (await post(`/v1/organizations/${ids.of('organization', action.organization)}:declareAffiliation`, { affiliateOrganizationId: ids.of('organization', action.affiliate) }));
      case 'register-client':
        return this.#registerClient(action);
      case 'register-user':
        return this.#registerUser(action);
      case 'create-market': {
        const { marketId } = await post<{ marketId: string }>('/v1/markets', action.body);
        return void ids.keep('market', action.market, marketId);
      }
      case 'admit-bidder': {
        const body = { ...action.body, organizationId: ids.of('organization', action.organization), licensedUntil: rfc3339(action.body.licensedUntil) };
        return void (await post(`/v1/markets/${ids.of('market', action.market)}/bidders`, body));
      }
      case 'suspend-bidder':
        return void (await post(`/v1/markets/${ids.of('market', action.market)}/bidders/${ids.of('organization', action.organization)}:suspend`, {}));
      case 'create-centre': {
        const { centreId } = await post<{ centreId: string }>('/v1/centres', action.body);
        ids.keep('centre', action.centre, centreId);
        return this.#learnLocations(action.by, action.centre, centreId);
      }
      case 'create-items': {
        const { outcomes } = await post<Outcomes>('/v1/items:batchCreate', { items: action.items });
        return void action.items.forEach(({ code }, i) => ids.keep('item', code, taken(outcomes[i]!, code).itemId!));
      }
      case 'register-consignments':
        return this.#registerConsignments(action);
      case 'book-appointment': {
        const body = {
          centreId: ids.of('centre', action.centre),
          vehicleRegistration: action.vehicleRegistration,
          windowStartsAt: rfc3339(action.windowStartsAt),
          windowEndsAt: rfc3339(action.windowEndsAt),
          consignmentIds: action.consignments.map((consignment) => ids.of('consignment', consignment)),
          ...(action.notices ? { noticeIds: action.notices.map((notice) => ids.of('notice', notice)) } : {}),
        };
        const { appointmentId } = await post<{ appointmentId: string }>('/v1/appointments', body);
        return void ids.keep('appointment', action.appointment, appointmentId);
      }
      case 'gate-in':
        return void (await post(`/v1/appointments/${ids.of('appointment', action.appointment)}:gateIn`, {}));
      case 'call-to-door':
        return void (await post(`/v1/appointments/${ids.of('appointment', action.appointment)}:callToDoor`, { doorLocationId: this.#location(action.centre, action.door) }));
      case 'receive-line': {
        const body = { ...action.body, consignmentId: ids.of('consignment', action.consignment), itemId: ids.of('item', action.item) };
        const { receiptId } = await post<{ receiptId: string }>(`/v1/appointments/${ids.of('appointment', action.appointment)}/receipts`, body);
        return void ids.keep('receipt', action.consignment, receiptId);
      }
      case 'finish-unloading':
        return void (await post(`/v1/appointments/${ids.of('appointment', action.appointment)}:finishUnloading`, {}));
      case 'put-away':
        return void (await post(`/v1/receipts/${ids.of('receipt', action.consignment)}:putAway`, { locationId: action.location === undefined ? '' : this.#location(action.centre, action.location) }));
      case 'create-session': {
        const { sessionId } = await post<{ sessionId: string }>(`/v1/markets/${ids.of('market', action.market)}/sessions`, action.body);
        return void ids.keep('session', action.session, sessionId);
      }
      case 'list-lot':
        return void (await post(`/v1/lots/${ids.of('lot', action.consignment)}:list`, { sessionId: ids.of('session', action.session), startPriceAmount: action.startPriceAmount }));
      case 'start-session':
        return void (await post(`/v1/sessions/${ids.of('session', action.session)}:start`, {}));
    }
  }

  async bid(bid: BidAction, currency: string): Promise<void> {
    await this.#accounts.of(bid.by).post(`/v1/lots/${this.ids.of('lot', bid.consignment)}/bids`, { limit: { currency, amount: String(bid.limitAmount) } }, bid.key);
  }

  /** A secret is shown once, so this is the one call that is not repeated. */
  async #registerClient(action: Extract<Action, { kind: 'register-client' }>): Promise<void> {
    if (this.#accounts.has(action.organization)) return;
    const path = `/v1/organizations/${this.ids.of('organization', action.organization)}/clients`;
    const { client, clientSecret } = await this.#accounts.of(action.by).post<{ client: { clientId: string }; clientSecret: string }>(path, jsonOf(action.body));
    const { roles } = action.body;
    this.#accounts.keep(action.organization, { name: this.#names.get(action.organization) ?? action.organization, roles, clientId: client.clientId, clientSecret });
  }

  async #registerUser({ by, key, organization, body: { login, name, roles } }: Extract<Action, { kind: 'register-user' }>): Promise<void> {
    const password = this.#accounts.passwordOf(login);
    const { userId } = await this.#accounts.of(by).post<{ userId: string }>('/v1/users', { login, name, password }, key);
    await this.#accounts.of(by).post(`/v1/organizations/${this.ids.of('organization', organization)}/memberships`, { userId, roles }, `${key}:member`);
    this.#accounts.keepUser(login, { name, password, organization, roles });
  }

  async #registerConsignments(action: Extract<Action, { kind: 'register-consignments' }>): Promise<void> {
    const rows = action.rows.map(({ market, goods, quantity, reservePriceAmount, source }) => ({ consignment: { marketId: this.ids.of('market', market), goods, quantity, reservePriceAmount }, source }));
    const { outcomes } = await this.#accounts.of(action.by).post<Outcomes>('/v1/consignments:batchCreate', jsonOf({ rows }), action.key);
    action.rows.forEach(({ consignment }, i) => {
      const { consignmentId, lotId } = taken(outcomes[i]!, consignment);
      this.ids.keep('consignment', consignment, consignmentId!);
      this.ids.keep('lot', consignment, lotId!);
    });
  }

  async #learnLocations(by: string, centre: string, centreId: string): Promise<void> {
    const locations = await allOf<{ locationId: string; code: string }>(this.#accounts.of(by), `/v1/centres/${centreId}/locations`, 'locations');
    for (const { code, locationId } of locations) this.#locations.set(`${centre} ${code}`, locationId);
  }

  #location(centre: string, code: string): string {
    const id = this.#locations.get(`${centre} ${code}`);
    if (id === undefined) throw new Error(`centre ${centre} has no location ${code}`);
    return id;
  }
}
