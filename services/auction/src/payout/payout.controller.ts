import { Controller } from '@nestjs/common';
import { PayoutBounced, PayoutSent } from '@naru/contracts/gen/naru/auction/v1/events';
import {
  type GetPayoutRequest,
  type GetPayoutResponse,
  type ListPayoutsRequest,
  type ListPayoutsResponse,
  Payout as PayoutMessage,
  PayoutPhase as PhaseMessage,
  PayoutServiceService,
  type RecordPayoutBouncedRequest,
  type RecordPayoutBouncedResponse,
  type ResendPayoutRequest,
  type ResendPayoutResponse,
  type SendPayoutRequest,
  type SendPayoutResponse,
} from '@naru/contracts/gen/naru/auction/v1/payout_service';
import { type Decision, eventsOf, refused } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { Database, type Transaction } from '@naru/platform/database';
import { occurred } from '@naru/platform/event';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { holdPostingDay } from '../ledger/market-day.store.js';
import { payoutEntry, reversed } from '../ledger/posting.js';
import { appendEntries } from '../ledger/posting.store.js';
import type { Market } from '../market/market.js';
import { MarketStore } from '../market/market.store.js';
import { operates, viewerOf } from '../viewer.js';
import { type Payout, type PayoutEvent, type PayoutPhase, bouncePayout, evolvePayout, resendPayout, sendPayout } from './payout.js';
import { type PayoutView, insertAttempt, listPayouts, lockPayout, saveBounce, savePayoutPhase } from './payout.store.js';

const PHASES: Readonly<Record<PayoutPhase, PhaseMessage>> = {
  due: PhaseMessage.DUE,
  sent: PhaseMessage.SENT,
  bounced: PhaseMessage.BOUNCED,
  resent: PhaseMessage.RESENT,
  replaced: PhaseMessage.REPLACED,
  nothing: PhaseMessage.NOTHING,
};

function toMessage(payout: PayoutView, { rules }: Market): PayoutMessage {
  return PayoutMessage.fromPartial({
    ...payout,
    amount: { currency: rules.currency, amount: payout.amount },
    dueAt: new Date(payout.dueAt),
    phase: PHASES[payout.phase],
    attempts: payout.attempts.map(({ attempt, attemptKey, sentAt, bouncedAt, reason }) => ({
      ...{ attempt, attemptKey, sentAt: new Date(sentAt), reason: reason ?? '' },
      bouncedAt: bouncedAt === undefined ? undefined : new Date(bouncedAt),
    })),
  });
}

@Controller()
export class PayoutController {
  constructor(
    private readonly markets: MarketStore,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Rpc(PayoutServiceService.getPayout)
  async getPayout(request: GetPayoutRequest, call: Call): Promise<GetPayoutResponse> {
    const [payout] = await listPayouts(this.database, viewerOf(call.caller), { noteId: request.noteId, limit: 1 });
    if (!payout) refused('NOT_FOUND');
    return { payout: toMessage(payout, (await this.markets.find(payout.marketId))!) };
  }

  @Rpc(PayoutServiceService.listPayouts)
  async listPayouts(request: ListPayoutsRequest, call: Call): Promise<ListPayoutsResponse> {
    const { organizationId } = call.caller;
    const list = `payouts ${request.phase}`;
    const size = pageSize(request.pageSize);
    const after = this.pages.open(request.pageToken, list, organizationId);
    const phase = (Object.keys(PHASES) as PayoutPhase[]).find((some) => PHASES[some] === request.phase);
    const rows = await listPayouts(this.database, viewerOf(call.caller), { phase, after, limit: size + 1 });
    const { items, nextPageToken } = this.pages.cut(rows, size, list, organizationId, (payout) => payout.noteId);
    const payouts: PayoutMessage[] = [];
    for (const payout of items) payouts.push(toMessage(payout, (await this.markets.find(payout.marketId))!));
    return { payouts, nextPageToken };
  }

  @Command(PayoutServiceService.sendPayout)
  async sendPayout({ noteId, attemptKey }: SendPayoutRequest, call: CommandCall): Promise<SendPayoutResponse> {
    return { payout: await this.#decide(call, noteId, (payout, now) => sendPayout(payout, attemptKey, now)) };
  }

  @Command(PayoutServiceService.resendPayout)
  async resendPayout({ noteId, attemptKey }: ResendPayoutRequest, call: CommandCall): Promise<ResendPayoutResponse> {
    return { payout: await this.#decide(call, noteId, (payout, now) => resendPayout(payout, attemptKey, now)) };
  }

  @Command(PayoutServiceService.recordPayoutBounced)
  async recordPayoutBounced({ noteId, attemptKey, reason }: RecordPayoutBouncedRequest, call: CommandCall): Promise<RecordPayoutBouncedResponse> {
    return { payout: await this.#decide(call, noteId, (payout, now) => bouncePayout(payout, attemptKey, reason, now)) };
  }

  async #decide({ tx, caller }: CommandCall, noteId: string, decide: (payout: Payout, now: Instant) => Decision<PayoutEvent>): Promise<PayoutMessage> {
    const payout = await lockPayout(tx, noteId);
    if (!payout || !operates(viewerOf(caller), payout.operatorOrganizationId)) refused('NOT_FOUND');
    const market = (await this.markets.find(payout.marketId, tx))!;
    const now = this.time.now();
    let after = payout;
    for (const event of eventsOf(decide(payout, now))) {
      await this.#write(tx, after, event, market, now);
      after = { ...after, ...evolvePayout(after, event) };
    }
    if (after !== payout) savePayoutPhase(tx, noteId, after.phase);
    return toMessage(after, market);
  }

  async #write(tx: Transaction, payout: PayoutView, event: PayoutEvent, market: Market, now: Instant): Promise<void> {
    const { noteId, noteCode: code, consignorOrganizationId, amount } = payout;
    const day = await holdPostingDay(tx, market, now);
    const entry = payoutEntry(consignorOrganizationId, amount);
    const common = { noteId, code, marketCode: market.code, consignorOrganizationId, amount: { currency: market.rules.currency, amount } };
    switch (event.type) {
      case 'PayoutSent': {
        const attemptId = this.ids.next();
        const { attempt, attemptKey } = event;
        insertAttempt(tx, noteId, attemptId, { attempt, attemptKey, sentAt: now });
        appendEntries(tx, market.marketId, day, [{ documentId: attemptId, postings: entry }]);
        await this.outbox.publish(tx, [occurred(PayoutSent, { ...common, attempt }, now)]);
        return;
      }
      case 'PayoutBounced': {
        const bounceId = this.ids.next();
        const { attempt, reason } = event;
        const attemptId = await saveBounce(tx, noteId, attempt, { bounceId, at: now, reason });
        appendEntries(tx, market.marketId, day, [{ documentId: bounceId, postings: reversed(entry, attemptId) }]);
        await this.outbox.publish(tx, [occurred(PayoutBounced, { ...common, attempt, reason }, now)]);
        return;
      }
      case 'PayoutReplaced': // written with the note that takes its place
        return;
    }
  }
}
