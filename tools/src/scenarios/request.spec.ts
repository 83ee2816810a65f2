import { createValidator } from '@bufbuild/protovalidate';
import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { registry } from '@naru/contracts/registry';
import { readBigDay } from './big-day/files.js';
import { bigDay } from './big-day/plan.js';
import { type BidAction, type MarketAction, type ShopAction, isShopAction } from './market-day/actions.js';
import { readWholeDay } from './shop/live-day.js';

const ID = '0190b3a0-0000-7000-8000-000000000000';
const numbered = (_: unknown, i: number): string => `0190b3a0-0000-7000-8000-${String(i).padStart(12, '0')}`;
const validator = createValidator({ registry });
const instant = (at: number): string => new Date(at).toISOString();

interface Call {
  readonly request: string;
  readonly body: object;
}

/** The request that an action comes to, with one id for everything that has one. */
function callOf(action: MarketAction | BidAction, currency: string): Call {
  switch (action.kind) {
    case 'register-organization': return { request: 'identity.v1.RegisterOrganizationRequest', body: action.body };
    case 'declare-affiliation': return { request: 'identity.v1.DeclareAffiliationRequest', body: { organizationId: ID, affiliateOrganizationId: ID } };
    case 'register-client': return { request: 'identity.v1.RegisterClientRequest', body: { organizationId: ID, ...action.body } };
    case 'register-user': return { request: 'identity.v1.RegisterUserRequest', body: { login: action.body.login, name: action.body.name, password: 'a password of a user' } };
    case 'create-market': return { request: 'auction.v1.CreateMarketRequest', body: action.body };
    case 'admit-bidder': return { request: 'auction.v1.AdmitBidderRequest', body: { marketId: ID, organizationId: ID, ...action.body, licensedUntil: instant(action.body.licensedUntil) } };
    case 'suspend-bidder': return { request: 'auction.v1.SuspendBidderRequest', body: { marketId: ID, organizationId: ID } };
    case 'create-centre': return { request: 'warehousing.v1.CreateCentreRequest', body: action.body };
    case 'create-items': return { request: 'warehousing.v1.BatchCreateItemsRequest', body: { items: action.items } };
    case 'register-consignments': {
      const rows = action.rows.map(({ goods, quantity, reservePriceAmount, source }) => ({ consignment: { marketId: ID, goods, quantity, reservePriceAmount }, source }));
      return { request: 'auction.v1.BatchCreateConsignmentsRequest', body: { rows } };
    }
    case 'book-appointment': {
      const { vehicleRegistration, windowStartsAt, windowEndsAt } = action;
      const consignmentIds = action.consignments.map(numbered);
      const body = { centreId: ID, vehicleRegistration, windowStartsAt: instant(windowStartsAt), windowEndsAt: instant(windowEndsAt), consignmentIds, ...(action.notices ? { noticeIds: action.notices.map(numbered) } : {}) };
      return { request: 'warehousing.v1.BookAppointmentRequest', body };
    }
    case 'gate-in': return { request: 'warehousing.v1.RecordGateInRequest', body: { appointmentId: ID } };
    case 'call-to-door': return { request: 'warehousing.v1.CallToDoorRequest', body: { appointmentId: ID, doorLocationId: ID } };
    case 'receive-line': return { request: 'warehousing.v1.ReceiveLineRequest', body: { appointmentId: ID, consignmentId: ID, itemId: ID, ...action.body } };
    case 'finish-unloading': return { request: 'warehousing.v1.FinishUnloadingRequest', body: { appointmentId: ID } };
    case 'put-away': return { request: 'warehousing.v1.PutAwayRequest', body: { receiptId: ID, locationId: action.location === undefined ? '' : ID } };
    case 'create-session': return { request: 'auction.v1.CreateSessionRequest', body: { marketId: ID, ...action.body } };
    case 'list-lot': return { request: 'auction.v1.ListLotRequest', body: { lotId: ID, sessionId: ID, startPriceAmount: action.startPriceAmount } };
    case 'start-session': return { request: 'auction.v1.StartSessionRequest', body: { sessionId: ID } };
    case 'place-bid': return { request: 'auction.v1.PlaceBidRequest', body: { lotId: ID, limit: { currency, amount: action.limitAmount } } };
  }
}

/** The same for what goes on after the hammer; undefined for steps that look at what is there first. */
function shopCallOf(action: ShopAction): Call | undefined {
  switch (action.kind) {
    case 'create-network': return { request: 'warehousing.v1.CreateNetworkRequest', body: { ...action.body, centreIds: action.centres.map(numbered) } };
    case 'admit-merchant': return { request: 'warehousing.v1.AdmitMerchantRequest', body: { networkId: ID, organizationId: ID } };
    case 'create-box-types': return { request: 'warehousing.v1.BatchCreateBoxTypesRequest', body: { boxTypes: action.boxTypes } };
    case 'place-order': return { request: 'warehousing.v1.CreateOrderRequest', body: { networkId: ID, ...action.body } };
    case 'cancel-order': return { request: 'warehousing.v1.CancelOrderRequest', body: { orderId: ID } };
    case 'cancel-lines': return { request: 'warehousing.v1.CreateOrderCancellationRequest', body: { networkId: ID, ...action.body } };
    case 'release-wave': return { request: 'warehousing.v1.ReleaseWaveRequest', body: { centreId: ID } };
    case 'record-advance': return { request: 'auction.v1.RecordAdvanceRequest', body: { marketId: ID, consignmentIds: action.consignments.map(numbered), amount: action.amount, reference: action.reference } };
    case 'announce-goods': return { request: 'warehousing.v1.AnnounceGoodsRequest', body: { centreId: ID, merchantReference: action.merchantReference, lines: action.lines } };
    case 'receive-notice': return { request: 'warehousing.v1.ReceiveNoticeRequest', body: { appointmentId: ID, noticeId: ID, lines: action.lines } };
    case 'put-away-notice': return { request: 'warehousing.v1.BatchPutAwayRequest', body: { receiptIds: action.lines.map(numbered) } };
    case 'hold-stock': return { request: 'warehousing.v1.HoldStockRequest', body: { centreId: ID, ownerOrganizationId: ID, itemId: ID, batch: action.batch, reason: action.reason } };
    case 'write-off': {
      const { batch, reason, count, source } = action;
      return { request: 'warehousing.v1.WriteOffStockRequest', body: { centreId: ID, ownerOrganizationId: ID, itemId: ID, batch, reason, count, source } };
    }
    default: return undefined;
  }
}

function violations({ request, body }: Call): readonly string[] {
  const message = registry.getMessage(`naru.${request}`);
  if (!message) throw new Error(`no message naru.${request}`);
  const json = JSON.parse(JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))) as JsonValue;
  const result = validator.validate(message, fromJson(message, json, { registry }));
  return result.kind === 'valid' ? [] : [`${request}: ${result.kind === 'invalid' ? result.violations.map(String).join('; ') : String(result.error)}`];
}

describe('every call of a plan is a request that the contract takes', () => {
  it('on the live day', () => {
    const { plan } = readWholeDay();
    const shop = plan.actions.filter(isShopAction).flatMap((action) => shopCallOf(action) ?? []);
    const market = [...plan.actions.filter((action) => !isShopAction(action)), ...plan.bids].map((action) => callOf(action, plan.currency));
    expect([...market, ...shop].flatMap(violations)).toEqual([]);
  });

  it('on the big day', () => {
    const plan = bigDay(readBigDay(), 1_000);
    expect([...plan.actions.filter((action) => !isShopAction(action)), ...plan.bids].flatMap((action) => violations(callOf(action, plan.currency)))).toEqual([]);
  });
});
