import { accept, refuse, type Decision } from '@naru/kernel/decision';

/** The counts of an order's line: ordered = reserved + backordered + cancelled + shipped (rule W9). */
export interface LineCounts {
  readonly line: number;
  readonly ordered: bigint;
  readonly reserved: bigint;
  readonly backordered: bigint;
  readonly cancelled: bigint;
  readonly shipped: bigint;
  readonly picked: bigint;
  readonly packed: bigint;
}

/** What a line gives up: first what it waits for, then what is promised and not in a parcel yet. */
export interface LineCancelled {
  readonly type: 'LineCancelled';
  readonly line: number;
  readonly fromBackordered: bigint;
  readonly fromReserved: bigint;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** What of a line can be cancelled: what is not in a parcel, nor gone. */
export function cancellable({ reserved, backordered, packed, shipped }: LineCounts): bigint {
  const inParcels = packed > shipped ? packed - shipped : 0n;
  return backordered + reserved - inParcels;
}

/** Gives up `count` of a line, at most what can be cancelled. */
export function giveUp(line: LineCounts, count: bigint): LineCancelled {
  const fromBackordered = least(count, line.backordered);
  return { type: 'LineCancelled', line: line.line, fromBackordered, fromReserved: least(count, cancellable(line)) - fromBackordered };
}

/**
 * Cancels lines of an order: those named, each with its count, or for none named all that can be cancelled. Refused with LINE_UNKNOWN, and with
 * NOTHING_TO_CANCEL where a line, or the order, has not that much that is not packed.
 */
export function cancelOrder(lines: readonly LineCounts[], asked: readonly { readonly line: number; readonly count: bigint }[]): Decision<LineCancelled> {
  if (asked.length === 0) {
    const events = lines.filter((line) => cancellable(line) > 0n).map((line) => giveUp(line, cancellable(line)));
    return events.length > 0 ? accept(events) : refuse('NOTHING_TO_CANCEL', { cancellable: 0n });
  }
  const counts = new Map<number, bigint>();
  for (const { line, count } of asked) counts.set(line, (counts.get(line) ?? 0n) + count);
  const events: LineCancelled[] = [];
  for (const [number, count] of counts) {
    const line = lines.find((own) => own.line === number);
    if (!line) return refuse('LINE_UNKNOWN', { line: number });
    if (count > cancellable(line)) return refuse('NOTHING_TO_CANCEL', { cancellable: cancellable(line) });
    events.push(giveUp(line, count));
  }
  return accept(events);
}

/** An open line of a customer that a cancellation may take from. */
export type OpenLine = LineCounts & { readonly orderId: string };

/** Takes `count` from the customer's open lines of an item, in their order (the latest first); `rest` found nothing. */
export function cancelWithoutOrder(count: bigint, open: readonly OpenLine[]): { readonly taken: readonly { readonly from: OpenLine; readonly cancelled: LineCancelled }[]; readonly rest: bigint } {
  const taken: { from: OpenLine; cancelled: LineCancelled }[] = [];
  let rest = count;
  for (const from of open) {
    const part = least(rest, cancellable(from));
    if (part <= 0n) continue;
    taken.push({ from, cancelled: giveUp(from, part) });
    rest -= part;
  }
  return { taken, rest };
}
