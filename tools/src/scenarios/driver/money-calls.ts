import type { ApiClient } from '../../api/client.js';
import type { ShopAction } from '../market-day/actions.js';
import { allOf } from './pages.js';
import { PlanBroken } from './plan-ids.js';
import type { ShopCalls } from './shop-calls.js';

type MoneyAction = Extract<ShopAction, { kind: 'record-advance' | 'pay-invoices' | 'send-payouts' | 'bounce-payout' | 'resend-payout' | 'close-market-day' }>;

interface Invoice {
  readonly invoiceId: string;
  readonly code: string;
  readonly buyerOrganizationId: string;
  readonly phase: string;
  readonly outstanding: { readonly amount: string };
}

interface Payout {
  readonly noteId: string;
  readonly noteCode: string;
  readonly consignorOrganizationId: string;
  readonly attempts: readonly { readonly attemptKey: string }[];
}

/** Invoices that still ask for money. */
const UNPAID = new Set(['RECEIVABLE_PHASE_OPEN', 'RECEIVABLE_PHASE_PART_PAID', 'RECEIVABLE_PHASE_OVERDUE']);

/** Invoices and payouts are only known once the sessions are over: each step looks at what is there. */
export async function moneyCall(action: MoneyAction, { api: apiOf, ids }: ShopCalls): Promise<void> {
  const api = apiOf(action.by);
  const market = `/v1/markets/${ids.of('market', action.market)}`;
  switch (action.kind) {
    case 'record-advance': {
      const consignmentIds = action.consignments.map((consignment) => ids.of('consignment', consignment));
      return void (await api.post(`${market}/advances`, { consignmentIds, amount: String(action.amount), reference: action.reference }, action.key));
    }
    case 'pay-invoices':
      return payInvoices(action, api, ids.of('organization', action.buyer));
    case 'send-payouts':
      return send(api, action.key, await payoutsIn(api, 'PAYOUT_PHASE_DUE'), 'send', 1);
    case 'bounce-payout':
      for (const payout of await payoutsIn(api, 'PAYOUT_PHASE_SENT', ids.of('organization', action.consignor))) {
        const { attemptKey } = payout.attempts.at(-1)!;
        await api.post(`/v1/payouts/${payout.noteId}:bounce`, { attemptKey, reason: action.reason }, keyOf(action.key, payout.noteId));
      }
      return;
    case 'resend-payout':
      return send(api, action.key, await payoutsIn(api, 'PAYOUT_PHASE_BOUNCED', ids.of('organization', action.consignor)), 'resend', 2);
    case 'close-market-day':
      await api.post(`${market}/days/${action.day}:close`, {}, action.key);
  }
}

async function payInvoices({ key, buyer, perCent, reference }: Extract<MoneyAction, { kind: 'pay-invoices' }>, api: ApiClient, buyerId: string): Promise<void> {
  const invoices = (await allOf<Invoice>(api, '/v1/invoices', 'invoices')).filter(({ buyerOrganizationId, phase }) => buyerOrganizationId === buyerId && UNPAID.has(phase));
  if (invoices.length === 0) throw new PlanBroken(`${buyer} has no invoice to pay`);
  for (const { invoiceId, code, outstanding } of invoices) {
    const amount = String((BigInt(outstanding.amount) * BigInt(perCent)) / 100n);
    await api.post(`/v1/invoices/${invoiceId}/payments`, { amount, reference: `${reference}-${code}` }, keyOf(key, invoiceId));
  }
}

async function payoutsIn(api: ApiClient, phase: string, consignorId?: string): Promise<readonly Payout[]> {
  const payouts = await allOf<Payout>(api, `/v1/payouts?phase=${phase}`, 'payouts');
  return consignorId === undefined ? payouts : payouts.filter(({ consignorOrganizationId }) => consignorOrganizationId === consignorId);
}

async function send(api: ApiClient, key: string, payouts: readonly Payout[], how: 'send' | 'resend', attempt: number): Promise<void> {
  for (const { noteId, noteCode } of payouts) await api.post(`/v1/payouts/${noteId}:${how}`, { attemptKey: `PAY-${noteCode}-${attempt}` }, keyOf(key, noteId));
}

/** A call is for one document: its key ends with what tells documents apart. */
function keyOf(key: string, id: string): string {
  return `${key}:${id.slice(-12)}`;
}
