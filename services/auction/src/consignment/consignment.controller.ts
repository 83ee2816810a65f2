import { Controller } from '@nestjs/common';
import {
  BatchConsignmentOutcome,
  type BatchCreateConsignmentsRequest,
  type BatchCreateConsignmentsResponse,
  Consignment as ConsignmentMessage,
  ConsignmentPhase as PhaseMessage,
  ConsignmentServiceService,
  type GetConsignmentRequest,
  type GetConsignmentResponse,
  type ListConsignmentsRequest,
  type ListConsignmentsResponse,
  type NewConsignment,
  type RegisterConsignmentRequest,
  type RegisterConsignmentResponse,
} from '@naru/contracts/gen/naru/auction/v1/consignment_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import { errorText } from '@naru/kernel/errors';
import type { Id } from '@naru/kernel/ids';
import { BusinessTime } from '@naru/platform/business-time';
import { Database } from '@naru/platform/database';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import type { Market } from '../market/market.js';
import { MarketStore } from '../market/market.store.js';
import { viewerOf } from '../viewer.js';
import { type Announcement, type ConsignmentPhase, registerConsignment } from './consignment.js';
import { type Consignment, findBySource, listConsignments } from './consignment.store.js';
import { Registration, type Taken } from './registration.shell.js';

const PHASES: Readonly<Record<ConsignmentPhase, PhaseMessage>> = { announced: PhaseMessage.ANNOUNCED, received: PhaseMessage.RECEIVED, refused: PhaseMessage.REFUSED };

function toAnnouncement({ marketId, goods, quantity, reservePriceAmount, loose }: NewConsignment): Announcement {
  return { marketId, goods: goods!, quantity, reservePrice: reservePriceAmount === 0n ? undefined : reservePriceAmount, loose };
}

function toMessage(consignment: Consignment, { rules }: Market): ConsignmentMessage {
  const { reservePrice, source } = consignment;
  return ConsignmentMessage.fromPartial({
    ...consignment,
    reservePrice: reservePrice === undefined ? undefined : { currency: rules.currency, amount: reservePrice },
    phase: PHASES[consignment.phase],
    announcedAt: new Date(consignment.announcedAt),
    source,
  });
}

@Controller()
export class ConsignmentController {
  constructor(
    private readonly markets: MarketStore,
    private readonly registration: Registration,
    private readonly database: Database,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Command(ConsignmentServiceService.registerConsignment)
  async registerConsignment(request: RegisterConsignmentRequest, call: CommandCall): Promise<RegisterConsignmentResponse> {
    const announcement = toAnnouncement(request.consignment!);
    const market = await this.markets.find(announcement.marketId, call.tx);
    eventsOf(registerConsignment(announcement, market));
    const [consignment] = await this.registration.register(call.tx, call.caller.organizationId, [{ announcement, market: market!, source: undefined }], this.time.now());
    return { consignment: toMessage(consignment!, market!) };
  }

  @Command(ConsignmentServiceService.batchCreateConsignments)
  async batchCreateConsignments({ rows }: BatchCreateConsignmentsRequest, call: CommandCall): Promise<BatchCreateConsignmentsResponse> {
    const { tx, caller } = call;
    const outcomes = new Array<BatchConsignmentOutcome>(rows.length);
    const known = await findBySource(tx, caller.organizationId, rows.map((row) => row.source!));
    const taken: (Taken & { readonly place: number })[] = [];
    const first = new Map<string, number>();
    for (const [place, row] of rows.entries()) {
      const { file, line, raw } = row.source!;
      const before = known.get(place);
      const key = JSON.stringify([file, line, raw]);
      if (before) outcomes[place] = BatchConsignmentOutcome.fromPartial(before);
      else if (first.has(key)) continue;
      else {
        const announcement = toAnnouncement(row.consignment!);
        const market = await this.markets.find(announcement.marketId, tx);
        const decision = registerConsignment(announcement, market);
        first.set(key, place);
        if (decision.accepted) taken.push({ announcement, market: market!, source: { file, line, raw }, place });
        else outcomes[place] = BatchConsignmentOutcome.fromPartial({ code: decision.refusal.code, detail: errorText(decision.refusal.code, 'en', decision.refusal.details) });
      }
    }
    const consignments = await this.registration.register(tx, caller.organizationId, taken, this.time.now());
    consignments.forEach(({ consignmentId, lotId }, i) => (outcomes[taken[i]!.place] = { consignmentId, lotId, created: true, code: '', detail: '' }));
    // A row that stands in the batch twice is made once.
    for (const [place, row] of rows.entries()) {
      const { file, line, raw } = row.source!;
      outcomes[place] ??= { ...outcomes[first.get(JSON.stringify([file, line, raw]))!]!, created: false };
    }
    return { outcomes };
  }

  @Rpc(ConsignmentServiceService.getConsignment)
  async getConsignment(request: GetConsignmentRequest, call: Call): Promise<GetConsignmentResponse> {
    const [consignment] = await listConsignments(this.database, viewerOf(call.caller), { consignmentId: request.consignmentId, limit: 1 });
    return { consignment: await this.#message(consignment ?? refused('NOT_FOUND')) };
  }

  @Rpc(ConsignmentServiceService.listConsignments)
  async listConsignments(request: ListConsignmentsRequest, call: Call): Promise<ListConsignmentsResponse> {
    const { organizationId } = call.caller;
    const size = pageSize(request.pageSize);
    const after: Id | undefined = this.pages.open(request.pageToken, 'consignments', organizationId);
    const rows = await listConsignments(this.database, viewerOf(call.caller), { after, limit: size + 1 });
    const { items, nextPageToken } = this.pages.cut(rows, size, 'consignments', organizationId, (consignment) => consignment.consignmentId);
    return { consignments: await Promise.all(items.map((consignment) => this.#message(consignment))), nextPageToken };
  }

  async #message(consignment: Consignment): Promise<ConsignmentMessage> {
    return toMessage(consignment, (await this.markets.find(consignment.marketId))!);
  }
}
