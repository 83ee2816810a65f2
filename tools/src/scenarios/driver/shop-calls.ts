import type { ApiClient } from '../../api/client.js';
import type { ShopAction } from '../market-day/actions.js';
import type { PlanIds } from './plan-ids.js';
import { jsonOf } from './json.js';
import { moneyCall } from './money-calls.js';
import { type Outcome, taken } from './outcome.js';
import { waveCall } from './wave-calls.js';

/** What a call of the shop's day needs beside itself. */
export interface ShopCalls {
  readonly api: (organization: string) => ApiClient;
  readonly ids: PlanIds;
  readonly location: (centre: string, code: string) => string;
}

/** Makes a call of what goes on after the hammer. */
export async function shopCall(action: ShopAction, calls: ShopCalls): Promise<void> {
  const { ids } = calls;
  const post = <T>(path: string, body: unknown): Promise<T> => calls.api(action.by).post<T>(path, jsonOf(body), action.key);
  switch (action.kind) {
    case 'create-network': {
      const { networkId } = await post<{ networkId: string }>('/v1/networks', { ...action.body, centreIds: action.centres.map((centre) => ids.of('centre', centre)) });
      return void ids.keep('network', action.network, networkId);
    }
    case 'admit-merchant':
      return void (await post(`/v1/networks/${ids.of('network', action.network)}/merchants`, { organizationId: ids.of('organization', action.organization) }));
    case 'create-box-types': {
      const { outcomes } = await post<{ outcomes: readonly Outcome[] }>('/v1/box-types:batchCreate', { boxTypes: action.boxTypes });
      return void action.boxTypes.forEach(({ code }, i) => taken(outcomes[i]!, `box type ${code}`));
    }
    case 'announce-goods': {
      const { notice, centre, merchantReference, lines } = action;
      const { noticeId } = await post<{ noticeId: string }>(`/v1/centres/${ids.of('centre', centre)}/advance-notices`, { merchantReference, lines });
      return void ids.keep('notice', notice, noticeId);
    }
    case 'receive-notice': {
      const { appointment, notice, lines } = action;
      const path = `/v1/appointments/${ids.of('appointment', appointment)}/notices/${ids.of('notice', notice)}:receive`;
      const { outcomes } = await post<{ outcomes: readonly (Outcome & { readonly receiptId: string })[] }>(path, { lines });
      return void lines.forEach(({ line }, i) => ids.keep('receipt of notice', `${notice} ${line}`, taken(outcomes[i]!, `line ${line} of ${notice}`).receiptId));
    }
    case 'put-away-notice': {
      const { outcomes } = await post<{ outcomes: readonly Outcome[] }>('/v1/receipts:batchPutAway', { receiptIds: action.lines.map((line) => ids.of('receipt of notice', `${action.notice} ${line}`)) });
      return void action.lines.forEach((line, i) => taken(outcomes[i]!, `put-away of line ${line} of ${action.notice}`));
    }
    case 'place-order': {
      const { orderId } = await post<{ orderId: string }>(`/v1/networks/${ids.of('network', action.network)}/orders`, action.body);
      return void ids.keep('order', action.order, orderId);
    }
    case 'cancel-order':
      return void (await post(`/v1/orders/${ids.of('order', action.order)}:cancel`, {}));
    case 'cancel-lines':
      return void (await post(`/v1/networks/${ids.of('network', action.network)}/order-cancellations`, action.body));
    case 'write-off':
    case 'hold-stock': {
      const { kind, centre, owner, item, batch, reason } = action;
      const goods = { centreId: ids.of('centre', centre), ownerOrganizationId: ids.of('organization', owner), itemId: ids.of('item', item), batch, reason };
      if (kind === 'hold-stock') return void (await post('/v1/stock:hold', goods));
      return void (await post('/v1/stock:writeOff', { ...goods, count: action.count, source: action.source }));
    }
    case 'release-wave':
    case 'pick-wave':
    case 'pack-wave':
    case 'stage-wave':
      return waveCall(action, calls);
    case 'record-advance':
    case 'pay-invoices':
    case 'send-payouts':
    case 'bounce-payout':
    case 'resend-payout':
    case 'close-market-day':
      return moneyCall(action, calls);
  }
}
