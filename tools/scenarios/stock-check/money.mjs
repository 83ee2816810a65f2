// Money per party: what is sold at its price, what is charged and granted by the market's published fees, what was paid and paid out.

/** Differences between what each party must owe, get and have paid, and what the API's documents and journal say. */
export function moneyDifferences(day, answers) {
  const { organizations, fees, caps } = { ...answers, caps: new Map(answers.market.rules.commissionCaps.map(({ category, perMille }) => [category, BigInt(perMille)])) };
  const keyOf = (organizationId) => organizations[organizationId] ?? organizationId;
  const expected = new Map();
  const found = new Map();
  const add = (into, party, what, amount) => into.set(`${party}: ${what}`, (into.get(`${party}: ${what}`) ?? 0n) + BigInt(amount));

  const { never, bounces, advance } = day.money;
  for (const lot of day.lots.filter(({ buyer }) => buyer !== undefined)) {
    const { deductions, grants, incentive } = chargesOn(lot, fees, caps);
    add(expected, lot.consignor, 'sold', lot.amount);
    add(expected, lot.consignor, 'deducted', deductions);
    add(expected, lot.consignor, 'granted', grants);
    add(expected, lot.consignor, 'paid out', lot.amount + grants - deductions);
    add(expected, lot.buyer, 'bought', lot.amount);
    add(expected, lot.buyer, 'granted', incentive);
    add(expected, lot.buyer, 'paid', lot.buyer === never.buyer ? 0n : lot.amount - incentive);
    add(expected, lot.buyer, 'outstanding', lot.buyer === never.buyer ? lot.amount - incentive : 0n);
  }
  add(expected, advance.consignor, 'deducted', advance.amount);
  add(expected, advance.consignor, 'paid out', -advance.amount);
  for (const consignor of new Set(day.lots.filter(({ buyer }) => buyer !== undefined).map((lot) => lot.consignor))) add(expected, consignor, 'still payable', 0n);
  add(expected, bounces.consignor, 'payouts that came back', 1n);

  // a document that another stands in the place of counts no more
  for (const note of answers.notes.filter(({ correctedByNoteId = '' }) => correctedByNoteId === '')) {
    const consignor = keyOf(note.consignorOrganizationId);
    add(found, consignor, 'sold', note.gross.amount);
    add(found, consignor, 'deducted', note.deductions.amount);
    add(found, consignor, 'granted', note.grants.amount);
  }
  for (const invoice of answers.invoices.filter(({ correctedByInvoiceId = '' }) => correctedByInvoiceId === '')) {
    const buyer = keyOf(invoice.buyerOrganizationId);
    add(found, buyer, 'bought', invoice.gross.amount);
    add(found, buyer, 'granted', invoice.grants.amount);
    add(found, buyer, 'paid', invoice.paid.amount);
  }
  for (const payout of answers.payouts) {
    const consignor = keyOf(payout.consignorOrganizationId);
    if (['PAYOUT_PHASE_SENT', 'PAYOUT_PHASE_RESENT'].includes(payout.phase)) add(found, consignor, 'paid out', payout.amount.amount);
    const bounced = payout.attempts.filter(({ bouncedAt }) => bouncedAt).length;
    if (bounced > 0) add(found, consignor, 'payouts that came back', bounced);
  }
  // what is still open is asked of the journal and not of the documents, so that the two are held to each other
  for (const { account, organizationId, amount } of answers.postings) {
    if (account === 'buyer-receivable') add(found, keyOf(organizationId), 'outstanding', amount.amount);
    if (account === 'consignor-payable') add(found, keyOf(organizationId), 'still payable', -BigInt(amount.amount));
  }

  const keys = [...new Set([...expected.keys(), ...found.keys()])].sort();
  const parties = keys.flatMap((key) => {
    const [must, is] = [expected.get(key) ?? 0n, found.get(key) ?? 0n];
    return must === is ? [] : [`money of ${key} ${is}, must be ${must}`];
  });
  const sums = new Map();
  for (const { documentId, amount } of answers.postings) sums.set(documentId, (sums.get(documentId) ?? 0n) + BigInt(amount.amount));
  const unbalanced = [...sums].filter(([, sum]) => sum !== 0n).map(([documentId, sum]) => `postings of document ${documentId} sum to ${sum}`);
  const closed = answers.day.phase === 'MARKET_DAY_PHASE_CLOSED' && answers.day.debits.amount === answers.day.credits.amount ? [] : [`the market’s day is ${answers.day.phase}: debits ${answers.day.debits.amount}, credits ${answers.day.credits.amount}`];
  return { differences: [...parties, ...unbalanced, ...closed], what: `money: ${keys.length} figures of parties, ${sums.size} documents in the journal` };
}

/** What the consignor bears and is granted on a lot, and what its buyer is granted. All goods of the day are packed to standard: their handling is the corporation's. */
function chargesOn({ amount, quantity, category }, fees, caps) {
  const step = BigInt(fees.truncation ?? 1) || 1n;
  const down = (value) => value - (value % step);
  const part = (rate = 0) => (amount * BigInt(rate)) / 10_000n;
  const least = (a, b) => (a < b ? a : b);
  const cap = (amount * (caps.get(category) ?? 0n)) / 1_000n;
  const commission = (fees.commissions ?? []).find((own) => own.category === category);
  const byRate = down(least(part(commission?.rate), cap));
  const flat = down(least(BigInt(commission?.flatAmount ?? 0) * quantity, cap - byRate));
  return { deductions: byRate + flat, grants: down(part(fees.shippingIncentiveRate)), incentive: down(part(fees.salesIncentiveRate)) };
}
