import { type Lying, type Quantity, type StockLine, type StockPlace, type StockStatus, transfer } from '../stock/ledger.js';
import { slices, sumOf } from '../stock/slices.js';

/**
 * What goods are once they are sold: the buyer's, held until it has paid. Goods that were held or damaged before stay so, under the new owner: the lot was
 * sold as the receipt found it, what keeps them from being promised is not the payment, and no payment may free them.
 */
export function statusAtSale(status: StockStatus): StockStatus {
  return status === 'available' ? 'held_unpaid' : status;
}

/** Goods that change hands: what is posted, and how much of it waits for its payment. */
export interface Passage {
  readonly lines: readonly StockLine[];
  readonly passed: Quantity;
  readonly unpaid: Quantity;
}

/** Goods of the receipt's own place come first, then those of the status that it gave them: the rest of the batch may be another consignment's. */
function ownFirst(lying: readonly Lying[], locationId: string | null, status: StockStatus | null): readonly Lying[] {
  const strangeness = ({ place }: Lying): number => (place.account === 'location' && place.locationId === locationId ? 0 : 2) + (place.status === status ? 0 : 1);
  return lying.toSorted((a, b) => strangeness(a) - strangeness(b));
}

/**
 * Passes what was received of a consignment to its buyer, wherever it lies: out of the consignor's books by `customer`, into the buyer's by `supplier`, so
 * that each owner's books balance by themselves. Less passes when less is left of it.
 */
export function passGoods(
  lying: readonly Lying[],
  receipt: Quantity & { readonly locationId: string | null; readonly status: StockStatus | null },
  buyerId: string,
): Passage {
  const parts = slices(ownFirst(lying, receipt.locationId, receipt.status), receipt.count, receipt.grams);
  const lines = parts.flatMap((part): readonly StockLine[] => {
    const { centreId } = part.place;
    const status = statusAtSale(part.place.status);
    const bought = { ...part.goods, ownerId: buyerId };
    return [
      ...transfer(part.goods, part.place, { account: 'customer', centreId, status: part.place.status }, part),
      ...transfer(bought, { account: 'supplier', centreId, status }, { ...part.place, status }, part),
    ];
  });
  return { lines, passed: sumOf(parts), unpaid: sumOf(parts.filter(({ place }) => place.status === 'available')) };
}

/** Makes paid goods available: so many of those that wait for their payment. */
export function freeGoods(lying: readonly Lying[], unpaid: Quantity): Omit<Passage, 'unpaid'> {
  const parts = slices(
    lying.filter(({ place }) => place.status === 'held_unpaid'),
    unpaid.count,
    unpaid.grams,
  );
  const freed = (place: StockPlace): StockPlace => ({ ...place, status: 'available' });
  return { lines: parts.flatMap((part) => transfer(part.goods, part.place, freed(part.place), part)), passed: sumOf(parts) };
}
