// Stock per owner and item: received ± counted and written off − left the site. Nothing leaves on this day: parcels at the door still count.

/** Differences between what must lie in the centres and what the API says lies there. */
export function stockDifferences({ stock }, { organizations, items, balances }) {
  const found = new Map();
  for (const { ownerOrganizationId, itemId, account, count } of balances) {
    const key = `${organizations[ownerOrganizationId] ?? ownerOrganizationId} ${items[itemId] ?? itemId}`;
    // what a count has taken from the shelves, or put there, is not lost: it stands on the account of counts
    if (account === 'STOCK_ACCOUNT_LOCATION' || account === 'STOCK_ACCOUNT_COUNT') found.set(key, (found.get(key) ?? 0n) + BigInt(count));
  }
  const keys = [...new Set([...stock.keys(), ...found.keys()])].sort();
  const differences = keys.flatMap((key) => {
    const [expected, actual] = [stock.get(key) ?? 0n, found.get(key) ?? 0n];
    return expected === actual ? [] : [`stock of ${key}: ${actual} lie there, ${expected} must`];
  });
  return { differences, what: `stock: ${stock.size} owners and items, ${[...stock.values()].reduce((sum, count) => sum + count, 0n)} pieces and trade units` };
}
