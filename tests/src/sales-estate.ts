import { type Hall, admit, limit, openHall, openLot } from './market-hall.js';
import { type Party, type TestSystem, key, until } from './test-system.js';

/** What is left of two sessions that were held: a slip, a note, an invoice of each. */
export interface SalesEstate {
  readonly hall: Hall;
  readonly slipId: string;
  readonly noteId: string;
  readonly invoiceId: string;
}

/** Sells two lots of the party in two sessions of a market of its own, and waits until they are settled. */
export async function newSales(system: TestSystem, party: Party, buyers: readonly Party[]): Promise<SalesEstate> {
  const hall = await openHall(party);
  for (const buyer of buyers) await admit(party, hall, buyer);
  for (const buyer of buyers) {
    const { lotId } = await openLot(system, party, hall);
    await buyer.api.post(`/v1/lots/${lotId}/bids`, limit(1000), key());
    await system.clock.advanceTo(system.clock.now() + 120_000);
    await system.settle();
  }
  const ids = async (path: string, rows: string, id: string): Promise<readonly string[]> => {
    const answer = await party.api.get<Record<string, readonly Record<string, string>[]>>(`/v1/${path}?pageSize=500`);
    return answer[rows]!.map((row) => row[id]!);
  };
  await until(async () => (await ids('invoices', 'invoices', 'invoiceId')).length === buyers.length);
  return { hall, slipId: (await ids('slips', 'slips', 'slipId'))[0]!, noteId: (await ids('settlement-notes', 'notes', 'noteId'))[0]!, invoiceId: (await ids('invoices', 'invoices', 'invoiceId'))[0]! };
}
