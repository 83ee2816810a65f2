export type OrderPhase = 'received' | 'reserved' | 'released' | 'picked' | 'packed' | 'staged' | 'cancelled';

/** The counts of an order over all of its lines. */
export interface OrderTotals {
  /** What is open: reserved, and not shipped. */
  readonly open: bigint;
  readonly picked: bigint;
  readonly packed: bigint;
  readonly staged: bigint;
  /** Pick tasks that are ready. */
  readonly readyTasks: bigint;
}

/**
 * How far an order is on its way out: as far as the least of what is open of it. What is backordered or cancelled does not hinder: an order is staged when
 * its lines' open counts all stand staged, in whichever centre. Without anything open the phase stays what it was.
 */
export function outwardPhase(phase: OrderPhase, { open, picked, packed, staged, readyTasks }: OrderTotals): OrderPhase {
  if (open === 0n || phase === 'cancelled') return phase;
  if (staged === open) return 'staged';
  if (packed === open) return 'packed';
  if (picked === open) return 'picked';
  return picked > 0n || readyTasks > 0n ? 'released' : phase;
}
