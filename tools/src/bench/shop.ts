import type { TestIssuer } from '@naru/testing/issuer';
import type { TestDatabase } from '@naru/testing/test-database';
import { type Child, startChild } from './child.js';
import { countReservations, layReservingGround, type ReservingGround, tidy } from './reserving-ground.js';
import type { Bench } from './row.js';
import type { ShoppersOptions, Shopping, ShoppingResult } from './shoppers-process.js';
import type { WarehousingOptions } from './warehousing-process.js';

const TOKEN_SECONDS = 3_600;

/** A warehousing on a database of its own, and who reserves from it: a process each. */
export interface Shop {
  readonly database: TestDatabase;
  readonly ground: ReservingGround;
  readonly process: Child;
  readonly shoppers: Child;
}

/** `stops` gets what ends it, the last first. */
export async function openShop(bench: Bench, issuer: TestIssuer, turnstile: 'on' | 'off', stops: (() => Promise<void>)[]): Promise<Shop> {
  const database = await (await bench.ground()).database();
  stops.unshift(() => database.drop());
  const ground = await layReservingGround(database);
  const options: WarehousingOptions = { databaseUrl: database.services.get('warehousing')!.databaseUrl, issuer: issuer.issuer, jwksUrl: issuer.jwksUrl, turnstile };
  const process = await startChild('warehousing-process.js', options);
  stops.unshift(() => process.stop());
  const token = await issuer.token({ organizationId: ground.merchantId, roles: ['merchant'], expiresInSeconds: TOKEN_SECONDS });
  const shoppers = await startChild('shoppers-process.js', { token } satisfies ShoppersOptions);
  stops.unshift(() => shoppers.stop());
  return { database, ground, process, shoppers };
}

/** One round on these items. Ends when its events are out: they are not the next round's burden. */
export async function shopFor({ database, ground, process, shoppers }: Shop, items: readonly string[], inFlight: number, seconds: number): Promise<ShoppingResult> {
  const result = await shoppers.ask<ShoppingResult>('shop', { address: process.ready['address'] as string, networkId: ground.networkId, items, inFlight, seconds } satisfies Shopping);
  while (!(await process.ask<boolean>('isSettled'))) await new Promise((resolve) => setTimeout(resolve, 20));
  await countReservations(database, items, result.accepted);
  await tidy(database);
  return result;
}
