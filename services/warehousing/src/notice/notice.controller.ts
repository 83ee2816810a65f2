import { Controller } from '@nestjs/common';
import {
  type AnnounceGoodsRequest,
  type AnnounceGoodsResponse,
  type GetNoticeRequest,
  type GetNoticeResponse,
  type ListNoticesRequest,
  type ListNoticesResponse,
  NoticeServiceService,
  type ReceiveNoticeRequest,
  type ReceiveNoticeResponse,
} from '@naru/contracts/gen/naru/warehousing/v1/notice_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import { businessDayOf } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import type { Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { pageSize, PageTokens } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { CentreStore } from '../centre/centre.store.js';
import { catalogueOf } from '../centre/viewing.js';
import { nextCode } from '../code-counter.js';
import { ItemStore } from '../item/item.store.js';
import { announceGoods } from './notice.js';
import { announcedFact } from './notice.events.js';
import { toCountedLine, toNewLine, toNoticeMessage, toReceivedOutcome, toRefusedOutcome } from './notice.message.js';
import { contentHash, NoticeStore, type StoredNotice } from './notice.store.js';
import { NoticeReceiving } from './notice-receiving.shell.js';

@Controller()
export class NoticeController {
  constructor(
    private readonly notices: NoticeStore,
    private readonly centres: CentreStore,
    private readonly items: ItemStore,
    private readonly receiving: NoticeReceiving,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Command(NoticeServiceService.announceGoods)
  async announceGoods(request: AnnounceGoodsRequest, call: CommandCall): Promise<AnnounceGoodsResponse> {
    const { tx, caller } = call;
    const now = this.time.now();
    const merchantId = caller.organizationId;
    const centre = (await this.centres.find(tx, request.centreId, catalogueOf(caller))) ?? refused('NOT_FOUND');
    const lines = request.lines.map(toNewLine);
    const hash = contentHash(centre.centreId, lines);
    const earlier = await this.notices.byReference(tx, merchantId, request.merchantReference);
    if (earlier) return this.#again(tx, earlier, hash);
    const items = await this.items.byCodes(tx, lines.map((line) => line.itemCode), [merchantId, centre.operatorId]);
    const [announced] = eventsOf(announceGoods(lines, items));
    const notice: StoredNotice = {
      noticeId: this.ids.next(),
      code: await nextCode(tx, 'ASN', businessDayOf(now, centre.timeZone)),
      centreId: centre.centreId,
      merchantId,
      merchantReference: request.merchantReference,
      announcedAt: now,
      contentHash: hash,
    };
    // the counter has let the calls through one by one, so the notice of another one is there to be read
    if (!(await this.notices.announce(tx, notice, announced!.lines))) return this.#again(tx, (await this.notices.byReference(tx, merchantId, notice.merchantReference))!, hash);
    await this.outbox.publish(tx, [announcedFact(notice, centre.code, lines.length)]);
    return { notice: toNoticeMessage(notice, await this.notices.linesOf(tx, notice.noticeId), true) };
  }

  async #again(tx: Transaction, notice: StoredNotice, hash: Buffer): Promise<AnnounceGoodsResponse> {
    if (!notice.contentHash.equals(hash)) refused('REFERENCE_TAKEN', { reference: notice.merchantReference, code: notice.code });
    return { notice: toNoticeMessage(notice, await this.notices.linesOf(tx, notice.noticeId)) };
  }

  @Command(NoticeServiceService.receiveNotice)
  async receiveNotice(request: ReceiveNoticeRequest, call: CommandCall): Promise<ReceiveNoticeResponse> {
    const outcomes = await this.receiving.receive(call.tx, call.caller, request.appointmentId, request.noticeId, request.lines.map(toCountedLine));
    return {
      outcomes: outcomes.map((outcome) => ('receipt' in outcome ? toReceivedOutcome(outcome.line, outcome.receipt) : toRefusedOutcome(outcome.line, outcome.refusal))),
    };
  }

  @Rpc(NoticeServiceService.getNotice)
  async getNotice(request: GetNoticeRequest, call: Call): Promise<GetNoticeResponse> {
    const notice = (await this.notices.find(call.caller, request.noticeId)) ?? refused('NOT_FOUND');
    return { notice: toNoticeMessage(notice, await this.notices.linesOf(undefined, notice.noticeId)) };
  }

  @Rpc(NoticeServiceService.listNotices)
  async listNotices(request: ListNoticesRequest, call: Call): Promise<ListNoticesResponse> {
    const { organizationId } = call.caller;
    const size = pageSize(request.pageSize);
    const rows = await this.notices.list(call.caller, this.pages.open(request.pageToken, 'notices', organizationId), size + 1);
    const { items, nextPageToken } = this.pages.cut(rows, size, 'notices', organizationId, (notice) => notice.noticeId);
    return { notices: items.map((notice) => toNoticeMessage(notice, [])), nextPageToken };
  }
}
