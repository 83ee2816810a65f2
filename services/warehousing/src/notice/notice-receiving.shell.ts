import { Injectable } from '@nestjs/common';
import { type Refusal, refuse, refused } from '@naru/kernel/decision';
import { businessDayOf } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { crashPoint } from '@naru/platform/crash-point';
import type { Transaction } from '@naru/platform/database';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { AppointmentStore } from '../appointment/appointment.store.js';
import { temperatureTableAt } from '../centre/temperature.js';
import { spellingKey } from '../item/item.js';
import { type ItemRow, ItemStore } from '../item/item.store.js';
import type { Viewer } from '../queries.js';
import { batchKey } from '../receipt/batch.store.js';
import { type ReceiptRow, ReceiptStore } from '../receipt/receipt.store.js';
import { Recording } from '../receipt/recording.shell.js';
import { type CountedLine, judgeLine, type LineJudged, type NoticeItem } from './notice.js';
import { goodsReceivedFact } from './notice.events.js';
import { NoticeStore } from './notice.store.js';

export type LineOutcome = { readonly line: number } & ({ readonly receipt: ReceiptRow } | { readonly refusal: Refusal });

/** Receives lines of advance notices, many at once. Locks: the appointment, the notice, then what recording locks. */
@Injectable()
export class NoticeReceiving {
  constructor(
    private readonly appointments: AppointmentStore,
    private readonly notices: NoticeStore,
    private readonly items: ItemStore,
    private readonly recording: Recording,
    private readonly receipts: ReceiptStore,
    private readonly outbox: Outbox,
    private readonly time: BusinessTime,
    private readonly context: ServiceContext,
  ) {}

  /** Judges the lines one after the other and records those that were taken or sent back; one outcome per line, in their order. */
  async receive(tx: Transaction, viewer: Viewer, appointmentId: string, noticeId: string, lines: readonly CountedLine[]): Promise<readonly LineOutcome[]> {
    const now = this.time.now();
    const truck = (await this.appointments.lock(tx, viewer, appointmentId)) ?? refused('NOT_FOUND');
    const notice = (await this.notices.lock(tx, truck.centreId, noticeId)) ?? refused('NOT_FOUND');
    if (truck.state.phase !== 'at_door') refused('APPOINTMENT_NOT_IN_PHASE', { phase: truck.state.phase, needed: 'at_door' });
    const announced = await this.notices.linesAtDoor(tx, noticeId, lines.map((line) => line.line));
    const strange = lines.filter((line) => !announced.has(line.line)).map((line) => line.itemCode);
    const itemsByCode = strange.length === 0 ? new Map<string, ItemRow>() : await this.items.byCodes(tx, strange, [notice.merchantId, truck.operatorId]);
    const itemOf = (line: CountedLine): NoticeItem | undefined => announced.get(line.line)?.item ?? itemsByCode.get(spellingKey(line.itemCode));
    const batches = lines.flatMap((line) => {
      const item = itemOf(line);
      const batch = line.batch || announced.get(line.line)?.announced.batch || notice.code;
      return item ? [{ ownerId: notice.merchantId, itemId: item.itemId, batch }] : [];
    });
    const known = await this.recording.knownBatches(tx, batches);

    const atDoor = { truck: truck.state, notice, day: businessDayOf(now, truck.timeZone), table: temperatureTableAt(now) };
    const soFar = new Map(known);
    const judged = new Map<number, LineJudged>();
    const refusals = new Map<CountedLine, Refusal>();
    for (const line of lines) {
      const decision = judged.has(line.line)
        ? refuse('LINE_REPEATED', { line: line.line })
        : judgeLine(atDoor, line, announced.get(line.line)?.announced, itemOf(line), (goods) => soFar.get(batchKey(goods)));
      if (!decision.accepted) refusals.set(line, decision.refusal);
      else {
        const [event] = decision.events as [LineJudged];
        judged.set(line.line, event);
        const { goods, expiresOn } = event;
        if (event.event.type === 'LineAccepted') soFar.set(batchKey(goods), { batch: goods.batch, ...(expiresOn === undefined ? {} : { expiresOn }) });
      }
    }
    const receipts = await this.#record(tx, truck, notice, [...judged.values()], known, now, new Map(lines.map((line) => [line.line, line.itemCode])));
    crashPoint('notice.received', this.context.config.crashAt);
    return lines.map((line) => {
      const refusal = refusals.get(line);
      return refusal ? { line: line.line, refusal } : { line: line.line, receipt: receipts.get(line.line)! };
    });
  }

  async #record(
    tx: Transaction,
    truck: Parameters<Recording['record']>[1],
    notice: NonNullable<Awaited<ReturnType<NoticeStore['lock']>>>,
    judged: readonly LineJudged[],
    known: Parameters<Recording['record']>[3],
    now: number,
    codes: ReadonlyMap<number, string>,
  ): Promise<ReadonlyMap<number, ReceiptRow>> {
    if (judged.length === 0) return new Map();
    const rows = await this.recording.record(tx, truck, judged, known, now);
    const lines = rows.map((receipt, i) => ({ receipt, line: lineOf(judged[i]!), expiresOn: judged[i]!.expiresOn }));
    this.notices.settle(
      tx,
      notice.noticeId,
      lines.map(({ receipt, line }) => {
        const { receiptId, itemId, unit, batch, phase } = receipt;
        return { line, receiptId, itemId, unit, batch, announcedCode: codes.get(line) ?? '', phase: phase === 'refused' ? 'refused' : 'received' };
      }),
    );
    const [eventId] = await this.outbox.publish(tx, [goodsReceivedFact(notice, truck.centreCode, truck.appointmentId, lines, now)]);
    this.receipts.add(tx, rows.map((receipt) => ({ ...receipt, eventId: eventId! })));
    return new Map(lines.map(({ line, receipt }) => [line, receipt]));
  }
}

function lineOf({ source }: LineJudged): number {
  return source.kind === 'notice' ? source.line : 0;
}
