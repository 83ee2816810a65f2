import type { Id } from '@naru/kernel/ids';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import type { Occurred } from '@naru/platform/event';
import { drawNumbers } from '../ledger/number.store.js';
import { type Posting, overpaidEntry, reversed } from '../ledger/posting.js';
import { appendEntries } from '../ledger/posting.store.js';
import type { Market } from '../market/market.js';
import { openPayout } from '../payout/payout.js';
import { insertPayouts } from '../payout/payout.store.js';
import type { Queries, Writes } from '../queries.js';
import { type Advance, countDeductions, insertAdvances } from './advance.store.js';
import { appendBodies } from './document.store.js';
import { noteIssued } from './note.events.js';
import { type DocumentCharge, type Note, type NoteBody, noteEntry } from './note.js';
import { insertNotes } from './note.store.js';

/** What a note takes the place of. */
export interface ReplacedNote {
  readonly noteId: Id;
  readonly charges: readonly DocumentCharge[];
  readonly reason: string;
  /** What the payouts of the notes before have brought to the consignor, less what was booked as too much. */
  readonly received: Minor;
}

/** A note to be issued. */
export interface NoteDraft {
  readonly noteId: Id;
  readonly sessionId: Id;
  readonly consignorOrganizationId: Id;
  readonly feesVersion: number;
  readonly body: NoteBody;
  readonly payoutDueAt: Instant;
  readonly replaces: ReplacedNote | undefined;
}

/** The market, day and instant that documents are issued in. */
export interface Issue {
  readonly market: Market;
  readonly day: BusinessDay;
  readonly now: Instant;
}

/** Issues notes: numbers, rows, postings, payouts. All that they touch is locked but the counter; gives their events. */
export async function issueNotes(tx: Queries & Writes, { market, day, now }: Issue, drafts: readonly NoteDraft[]): Promise<{ readonly notes: readonly Note[]; readonly events: readonly Occurred[] }> {
  const numbers = await drawNumbers(tx, 'STN', market, day, drafts.length);
  const notes = drafts.map(({ body, replaces, ...draft }, i): Note => {
    const { gross, grants, deductions, net } = body;
    const { marketId, operatorOrganizationId } = market;
    return { ...draft, ...numbers[i]!, marketId, operatorOrganizationId, businessDay: day, gross, grants, deductions, net, issuedAt: now, correctsNoteId: replaces?.noteId, reason: replaces?.reason };
  });
  insertNotes(tx, notes);
  appendBodies(tx, drafts.map(({ noteId, body }) => ({ documentId: noteId, lots: body.lots, charges: body.charges })));
  appendEntries(tx, market.marketId, day, drafts.map((draft) => ({ documentId: draft.noteId, postings: postingsOf(draft) })));
  countDeductions(tx, drafts.flatMap(({ body }) => body.charges), 1);
  insertAdvances(tx, drafts.flatMap((draft) => overpaidBy(draft, market)), now);
  insertPayouts(tx, drafts.map((draft, i) => ({ ...notes[i]!, payout: openPayout(dueBy(draft), draft.payoutDueAt) })));
  return { notes, events: notes.map((note, i) => noteIssued(note, drafts[i]!.body.lots, market)) };
}

/** What is still to be paid out by a note. */
function dueBy({ body, replaces }: NoteDraft): Minor {
  const due = body.net - (replaces?.received ?? 0n);
  return due > 0n ? due : 0n;
}

/** What the consignor has received more than its note says. */
function excessOf({ body, replaces }: NoteDraft): Minor {
  const excess = (replaces?.received ?? 0n) - body.net;
  return excess > 0n ? excess : 0n;
}

function postingsOf(draft: NoteDraft): readonly Posting[] {
  const { consignorOrganizationId, body, replaces } = draft;
  const before = replaces ? reversed(noteEntry(consignorOrganizationId, replaces.charges), replaces.noteId) : [];
  return [...before, ...noteEntry(consignorOrganizationId, body.charges), ...overpaidEntry(consignorOrganizationId, excessOf(draft))];
}

/** An excess is deducted from the notes that follow. The note itself posts it, so its id serves. */
function overpaidBy(draft: NoteDraft, market: Market): readonly Advance[] {
  const amount = excessOf(draft);
  const { noteId, sessionId, consignorOrganizationId, replaces } = draft;
  const { marketId, operatorOrganizationId } = market;
  return amount === 0n
    ? []
    : [{ advanceId: noteId, billId: noteId, marketId, operatorOrganizationId, consignorOrganizationId, consignmentId: undefined, sessionId, kind: 'overpaid', amount, reference: replaces!.reason }];
}
