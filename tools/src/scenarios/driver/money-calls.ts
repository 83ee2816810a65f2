import type { ShopAction } from '../market-day/actions.js';
import { PlanBroken } from './plan-ids.js';
import { allOf } from './pages.js';
import type { ShopCalls } from './shop-calls.js';

type MoneyAction = Extract<ShopAction, { kind: 'pay-invoices' | 'send-payouts' | 'bounce-payout' | 'resend-payout' | 'close-market-day' }>;

interface Money {
  readonly currency: string;
  readonly amount: string;
}

interface Invoice {
  readonly invoiceId: string;
  readonly code: string;
  readonly buyerOrganizationId: string;
  readonly open: Money;
}

interface Payout {
  readonly payoutId: string;
  readonly consignorOrganizationId: string;
  readonly phase: string;
}

/** Invoices and payouts are only known once the sessions are over: each step looks at what is there. */
export async function moneyCall(action: MoneyAction, { api: apiOf, ids }: ShopCalls): Promise<void> {
  const api = apiOf(action.by);
  const market = `/v1/markets/${ids.of('market', action.market)}`;
  const payoutsOf = async (phase: string, consignor?: string): Promise<readonly Payout[]> => {
    const organizationId = consignor === undefined ? undefined : ids.of('organization', consignor);
    const all = await allOf<Payout>(api, `${market}/payouts`, 'payouts');
    return all.filter((payout) => payout.phase === phase && (organizationId === undefined || payout.consignorOrganizationId === organizationId));
  };
  switch (action.kind) {
    case 'pay-invoices': {
      const buyerId = ids.of('organization', action.buyer);
      const invoices = (await allOf<Invoice>(api, `${market}/invoices`, 'invoices')).filter(({ buyerOrganizationId, open }) => buyerOrganizationId === buyerId && BigInt(open.amount) > 0n);
      if (invoices.length === 0) throw new PlanBroken(`${action.buyer} has no invoice to pay`);
      for (const { invoiceId, open } of invoices) {
        const amount = String((BigInt(open.amount) * BigInt(action.perCent)) / 100n);
        await api.post(`/v1/invoices/${invoiceId}:recordPayment`, { amount: { ...open, amount }, bankReference: action.reference }, `${action.key}:${invoiceId.slice(-12)}`);
      }
      return;
    }
    case 'send-payouts':
      for (const { payoutId } of await payoutsOf('PAYOUT_PHASE_DUE')) await api.post(`/v1/payouts/${payoutId}:send`, {}, `${action.key}:${payoutId.slice(-12)}`);
      return;
    case 'bounce-payout':
      for (const { payoutId } of await payoutsOf('PAYOUT_PHASE_SENT', action.consignor)) await api.post(`/v1/payouts/${payoutId}:bounce`, { reason: action.reason }, `${action.key}:${payoutId.slice(-12)}`);
      return;
    case 'resend-payout':
      for (const { payoutId } of await payoutsOf('PAYOUT_PHASE_BOUNCED', action.consignor)) await api.post(`/v1/payouts/${payoutId}:resend`, {}, `${action.key}:${payoutId.slice(-12)}`);
      return;
    case 'close-market-day':
      await api.post(`${market}:closeDay`, { businessDay: action.day }, action.key);
  }
}
