import { ChargeKind, Payer } from '@naru/contracts/gen/naru/auction/v1/charge';
import { type Decision, accept, refuse } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import { type Charge, type Chargeable, type FeeSchedule, chargesOn, commissionCap } from '../fees/fees.js';
import { type Posting, transfer } from '../ledger/posting.js';

/** A sold lot as its slip holds it, with what its fees are reckoned from. */
export interface SoldLot extends Chargeable {
  readonly slipId: Id;
  readonly lotId: Id;
  readonly consignmentId: Id;
  readonly consignorOrganizationId: Id;
  readonly buyerOrganizationId: Id;
}

/** The head of a settlement note (정산서); it never changes. */
export interface Note {
  readonly noteId: Id;
  readonly code: string;
  readonly number: bigint;
  readonly marketId: Id;
  readonly businessDay: BusinessDay;
  readonly sessionId: Id;
  readonly operatorOrganizationId: Id;
  readonly consignorOrganizationId: Id;
  readonly feesVersion: number;
  readonly gross: Minor;
  readonly grants: Minor;
  readonly deductions: Minor;
  readonly net: Minor;
  readonly issuedAt: Instant;
  readonly payoutDueAt: Instant;
  readonly correctsNoteId: Id | undefined;
  readonly reason: string | undefined;
}

/** A note with what became of it. */
export interface NoteView extends Note {
  readonly correctedByNoteId: Id | undefined;
  readonly correctedByCode: string | undefined;
}

/** A line of a document in the words of the market. */
export interface DocumentLineView {
  readonly slipId: Id;
  readonly slipCode: string;
  readonly lotId: Id;
  readonly lotCode: string;
  readonly consignmentId: Id;
  readonly item: string;
  readonly variety: string;
  readonly grade: string;
  readonly origin: string;
  readonly tradeUnit: string;
  readonly quantity: bigint;
  readonly price: Minor;
  readonly amount: Minor;
}

/** A charge of a document, on one of its lots or, without one, on the whole. */
export interface DocumentCharge extends Charge {
  readonly lotId?: Id;
  /** The advance that it takes back. */
  readonly advanceId?: Id;
}

/** What is left of an advance to a consignor. */
export interface OpenAdvance {
  readonly advanceId: Id;
  readonly outstanding: Minor;
}

/** What a settlement note says. net = gross + grants − deductions (rule A12), never below zero. */
export interface NoteBody {
  readonly lots: readonly SoldLot[];
  readonly charges: readonly DocumentCharge[];
  readonly gross: Minor;
  /** Granted to the consignor beside the price. */
  readonly grants: Minor;
  /** Borne by the consignor. */
  readonly deductions: Minor;
  readonly net: Minor;
}

/** The charges of `lots`, reckoned by `fees`. */
export function chargesOf(lots: readonly SoldLot[], fees: FeeSchedule): readonly DocumentCharge[] {
  return lots.flatMap((lot) => chargesOn(lot, fees).map((charge) => ({ ...charge, lotId: lot.lotId })));
}

/** The note over `lots` with the charges on them. Advances are deducted, in order, as far as there is something to deduct them from. */
export function composeNote(lots: readonly SoldLot[], onLots: readonly DocumentCharge[], advances: readonly OpenAdvance[]): NoteBody {
  const gross = lots.reduce((sum, lot) => sum + lot.amount, 0n);
  const grants = onLots.filter(isGrant).reduce((sum, charge) => sum + charge.amount, 0n);
  let left = gross + grants - onLots.filter(isDeduction).reduce((sum, charge) => sum + charge.amount, 0n);
  const taken: DocumentCharge[] = [];
  for (const { advanceId, outstanding } of advances) {
    const amount = outstanding < left ? outstanding : left;
    if (amount <= 0n) continue;
    taken.push({ kind: ChargeKind.ADVANCE, payer: Payer.CONSIGNOR, amount, advanceId });
    left -= amount;
  }
  return { lots, charges: [...onLots, ...taken], gross, grants, deductions: gross + grants - left, net: left };
}

/** What a charge on a lot should have been, minor units. */
export interface ChargeCorrection {
  readonly lotId: Id;
  readonly kind: ChargeKind;
  readonly amount: Minor;
}

export interface ChargesCorrected {
  readonly type: 'ChargesCorrected';
  readonly onLots: readonly DocumentCharge[];
}

/** The charges on the lots of a note with `corrections` in their place: still under the cap, and no lot below zero. */
export function correctCharges(note: Pick<NoteBody, 'lots' | 'charges'>, corrections: readonly ChargeCorrection[]): Decision<ChargesCorrected> {
  let onLots = note.charges.filter((charge) => charge.advanceId === undefined);
  for (const { lotId, kind, amount } of corrections) {
    const lot = note.lots.find((some) => some.lotId === lotId);
    if (!lot) return refuse('LOT_NOT_IN_NOTE', { lotId });
    const payer = payerOf(kind, lot);
    onLots = onLots.filter((charge) => charge.lotId !== lotId || charge.kind !== kind);
    if (amount > 0n) onLots = [...onLots, { kind, payer, amount, lotId }];
    const refused = refuseLot(lot, onLots.filter((charge) => charge.lotId === lotId));
    if (refused) return refused;
  }
  return accept([{ type: 'ChargesCorrected', onLots }]);
}

function payerOf(kind: ChargeKind, lot: SoldLot): Payer {
  switch (kind) {
    case ChargeKind.COMMISSION:
    case ChargeKind.COMMISSION_FLAT:
    case ChargeKind.ADVANCE:
      return Payer.CONSIGNOR;
    case ChargeKind.HANDLING:
      return lot.loose ? Payer.CONSIGNOR : Payer.CORPORATION;
    case ChargeKind.MARKET_USE:
    case ChargeKind.SETTLEMENT:
    case ChargeKind.SALES_INCENTIVE:
    case ChargeKind.SHIPPING_INCENTIVE:
    case ChargeKind.UNSPECIFIED:
      return Payer.CORPORATION;
  }
}

function refuseLot(lot: SoldLot, charges: readonly DocumentCharge[]): ReturnType<typeof refuse> | undefined {
  const sum = (some: readonly DocumentCharge[]): Minor => some.reduce((total, charge) => total + charge.amount, 0n);
  const commission = sum(charges.filter(({ kind }) => kind === ChargeKind.COMMISSION || kind === ChargeKind.COMMISSION_FLAT));
  const cap = commissionCap(lot);
  if (commission > cap) return refuse('COMMISSION_ABOVE_CAP', { category: lot.category, cap: String(cap) });
  return sum(charges.filter(isDeduction)) > lot.amount ? refuse('CHARGES_ABOVE_AMOUNT', { lotId: lot.lotId }) : undefined;
}

function isDeduction(charge: Charge): boolean {
  return charge.payer === Payer.CONSIGNOR;
}

/** Granted to whom the document is for. */
export function isGrant(charge: Charge): boolean {
  return charge.kind === ChargeKind.SHIPPING_INCENTIVE || charge.kind === ChargeKind.SALES_INCENTIVE;
}

/** What the charges of a note do to the books; what was sold stands there since the hammer. */
export function noteEntry(consignorOrganizationId: Id, charges: readonly DocumentCharge[]): readonly Posting[] {
  return charges.flatMap((charge) => chargeEntry(consignorOrganizationId, charge));
}

function chargeEntry(organizationId: Id, { kind, payer, amount }: DocumentCharge): readonly Posting[] {
  const consignor = { account: 'consignor-payable', organizationId } as const;
  switch (kind) {
    case ChargeKind.COMMISSION:
    case ChargeKind.COMMISSION_FLAT:
      return transfer(amount, consignor, { account: 'commission-income' });
    case ChargeKind.HANDLING:
      return transfer(amount, payer === Payer.CONSIGNOR ? consignor : { account: 'handling-expense' }, { account: 'handling-payable' });
    case ChargeKind.ADVANCE:
      return transfer(amount, consignor, { account: 'advances', organizationId });
    case ChargeKind.MARKET_USE:
      return transfer(amount, { account: 'market-use-expense' }, { account: 'market-use-payable' });
    case ChargeKind.SETTLEMENT:
      return transfer(amount, { account: 'settlement-expense' }, { account: 'settlement-payable' });
    case ChargeKind.SHIPPING_INCENTIVE:
      return transfer(amount, { account: 'shipping-incentive-expense' }, consignor);
    case ChargeKind.SALES_INCENTIVE: // stands on invoices alone
    case ChargeKind.UNSPECIFIED:
      return [];
  }
}
