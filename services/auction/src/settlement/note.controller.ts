import { Controller } from '@nestjs/common';
import type { HttpBody } from '@naru/contracts/gen/google/api/httpbody';
import {
  type CorrectNoteRequest,
  type CorrectNoteResponse,
  type GetSettlementNotePdfRequest,
  type GetSettlementNoteRequest,
  type GetSettlementNoteResponse,
  type ListSettlementNotesRequest,
  type ListSettlementNotesResponse,
  type RecordAdvanceRequest,
  type RecordAdvanceResponse,
  SettlementNote,
  SettlementNoteServiceService,
} from '@naru/contracts/gen/naru/auction/v1/settlement_note_service';
import { refused } from '@naru/kernel/decision';
import { type Id, isUuid } from '@naru/kernel/ids';
import { BusinessTime } from '@naru/platform/business-time';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { allocate } from '../ledger/allocation.js';
import { holdPostingDay } from '../ledger/market-day.store.js';
import { advanceEntry } from '../ledger/posting.js';
import { appendEntries } from '../ledger/posting.store.js';
import type { Market } from '../market/market.js';
import { MarketStore } from '../market/market.store.js';
import { languageOf } from '../print/language.js';
import { printedNote } from '../print/note.js';
import { namesOf } from '../print/party.store.js';
import { pdfOf } from '../print/pdf.shell.js';
import type { Queries } from '../queries.js';
import { operates, viewerOf } from '../viewer.js';
import { type Advance, insertAdvances, weightsOf } from './advance.store.js';
import { Corrections } from './correction.shell.js';
import { chargesMessage, linesMessage } from './document.message.js';
import { chargesIn, linesOf } from './document.store.js';
import type { NoteView } from './note.js';
import { findNote, listNotes } from './note.store.js';

/** A note without its lines. */
function headOf(note: NoteView, { rules }: Market): SettlementNote {
  const money = (amount: bigint) => ({ currency: rules.currency, amount });
  return SettlementNote.fromPartial({
    ...note,
    gross: money(note.gross),
    grants: money(note.grants),
    deductions: money(note.deductions),
    net: money(note.net),
    issuedAt: new Date(note.issuedAt),
    payoutDueAt: new Date(note.payoutDueAt),
    correctsNoteId: note.correctsNoteId ?? '',
    correctedByNoteId: note.correctedByNoteId ?? '',
    reason: note.reason ?? '',
  });
}

@Controller()
export class NoteController {
  constructor(
    private readonly markets: MarketStore,
    private readonly corrections: Corrections,
    private readonly database: Database,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Rpc(SettlementNoteServiceService.getSettlementNote)
  async getSettlementNote(request: GetSettlementNoteRequest, call: Call): Promise<GetSettlementNoteResponse> {
    return { note: await this.#whole(this.database, await this.#seen(request.noteId, call)) };
  }

  @Rpc(SettlementNoteServiceService.listSettlementNotes)
  async listSettlementNotes(request: ListSettlementNotesRequest, call: Call): Promise<ListSettlementNotesResponse> {
    const { organizationId } = call.caller;
    const list = `notes ${request.sessionId}`;
    const size = pageSize(request.pageSize);
    const after = this.pages.open(request.pageToken, list, organizationId);
    if (request.sessionId !== '' && !isUuid(request.sessionId)) return { notes: [], nextPageToken: '' };
    const rows = await listNotes(this.database, viewerOf(call.caller), { sessionId: request.sessionId || undefined, after, limit: size + 1 });
    const { items, nextPageToken } = this.pages.cut(rows, size, list, organizationId, (note) => note.noteId);
    const notes: SettlementNote[] = [];
    for (const note of items) notes.push(headOf(note, (await this.markets.find(note.marketId))!));
    return { notes, nextPageToken };
  }

  @Command(SettlementNoteServiceService.correctNote)
  async correctNote({ noteId, reason, charges }: CorrectNoteRequest, { tx, caller }: CommandCall): Promise<CorrectNoteResponse> {
    const corrected = await this.corrections.correctNote(tx, viewerOf(caller), noteId, reason, charges);
    return { note: await this.#whole(tx, (await findNote(tx, corrected))!) };
  }

  @Command(SettlementNoteServiceService.recordAdvance)
  async recordAdvance(request: RecordAdvanceRequest, { tx, caller }: CommandCall): Promise<RecordAdvanceResponse> {
    const { marketId, consignmentIds, amount, reference } = request;
    const market = await this.markets.find(marketId, tx);
    if (!market || !operates(viewerOf(caller), market.operatorOrganizationId)) refused('NOT_FOUND');
    const consignments = await weightsOf(tx, marketId, consignmentIds);
    if (consignments.length < consignmentIds.length) refused('NOT_FOUND');
    const parts = allocate(amount, consignments.map((consignment) => consignment.grams));
    const billId = this.ids.next();
    const now = this.time.now();
    const { operatorOrganizationId } = market;
    const advances = consignments.map(({ consignmentId, consignorOrganizationId }, i): Advance => ({
      ...{ advanceId: this.ids.next(), billId, marketId, operatorOrganizationId, consignorOrganizationId, consignmentId },
      ...{ sessionId: undefined, kind: 'freight', amount: parts[i]!, reference },
    }));
    const given = advances.filter((advance) => advance.amount > 0n);
    insertAdvances(tx, given, now);
    const postings = given.flatMap((advance) => advanceEntry(advance.consignorOrganizationId, advance.amount));
    appendEntries(tx, marketId, await holdPostingDay(tx, market, now), [{ documentId: billId, postings }]);
    return { advanceId: billId, shares: advances.map((advance) => ({ consignmentId: advance.consignmentId!, amount: { currency: market.rules.currency, amount: advance.amount } })) };
  }

  @Rpc(SettlementNoteServiceService.getSettlementNotePdf)
  async getSettlementNotePdf(request: GetSettlementNotePdfRequest, call: Call): Promise<HttpBody> {
    const note = await this.#seen(request.noteId, call);
    const market = (await this.markets.find(note.marketId))!;
    const names = await namesOf(this.database, [note.operatorOrganizationId, note.consignorOrganizationId]);
    const [lines, charges] = [await linesOf(this.database, note.noteId), await chargesIn(this.database, note.noteId)];
    return pdfOf(printedNote(note, lines, charges, market, names, languageOf(request.language)));
  }

  async #seen(noteId: Id, call: Call): Promise<NoteView> {
    const [note] = await listNotes(this.database, viewerOf(call.caller), { noteId, limit: 1 });
    return note ?? refused('NOT_FOUND');
  }

  async #whole(queries: Queries, note: NoteView): Promise<SettlementNote> {
    const market = (await this.markets.find(note.marketId, queries))!;
    const lines = linesMessage(await linesOf(queries, note.noteId), market);
    return { ...headOf(note, market), lines, charges: chargesMessage(await chargesIn(queries, note.noteId), market) };
  }
}
