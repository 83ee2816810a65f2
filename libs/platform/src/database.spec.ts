import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SpecDatabase, specDatabase } from './bus/spec-database.js';
import type { Database } from './database.js';

describe('a transaction', () => {
  let spec: SpecDatabase;
  let database: Database;

  beforeAll(async () => {
    spec = await specDatabase(['auction']);
    database = await spec.connect('auction', 2);
    await spec.admin(`
      create table auction.notes (id integer primary key, text text not null);
      grant select, insert, update on auction.notes to auction_app`);
  }, 60_000);

  afterAll(async () => {
    await database?.close();
    await spec?.drop();
  }, 60_000);

  const WRITE = 'insert into notes values ($1, $2)';
  const ids = async (from: number): Promise<number[]> => (await database.query<{ id: number }>('select id from notes where id between $1 and $1 + 9 order by id', [from])).map(({ id }) => id);

  it('commits what was sent without waiting, in the order in which it was sent', async () => {
    let committed = false;
    const seen = await database.transaction(async (tx) => {
      tx.afterCommit(() => (committed = true));
      tx.send(WRITE, [10, 'first']);
      tx.send('update notes set text = text || $2 where id = $1', [10, ', second']);
      return tx.query('select text from notes where id = $1', [10]);
    });
    expect(seen).toEqual([{ text: 'first, second' }]);
    expect(committed).toBe(true);
    expect(await ids(10)).toEqual([10]);
  });

  it('fails with the error of a statement that nobody waited for, and leaves nothing', async () => {
    let committed = false;
    const failing = database.transaction(async (tx) => {
      tx.afterCommit(() => (committed = true));
      tx.send(WRITE, [20, 'once']);
      tx.send(WRITE, [20, 'twice']);
    });
    await expect(failing).rejects.toMatchObject({ code: '23505', constraint: 'notes_pkey' });
    expect(committed).toBe(false);
    expect(await ids(20)).toEqual([]);
  });

  it('names the statement that broke it, not the one that came after', async () => {
    const failing = database.transaction(async (tx) => {
      tx.send(WRITE, [30, null]);
      await tx.query('select 1');
    });
    await expect(failing).rejects.toMatchObject({ code: '23502' });
  });

  it('fails for a parameter that cannot be written', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    await expect(database.transaction(async (tx) => tx.send('insert into notes values (35, $1::jsonb)', [cyclic]))).rejects.toThrow(/circular/i);
    expect(await ids(30)).toEqual([]);
  });

  it('undoes with its savepoint what was sent in it, and goes on', async () => {
    await database.transaction(async (tx) => {
      tx.send(WRITE, [40, 'kept']);
      const inner = tx.savepoint(async () => {
        tx.send(WRITE, [41, 'undone']);
        tx.send(WRITE, [40, 'broken']);
        await tx.query('select 1');
      });
      await expect(inner).rejects.toMatchObject({ code: '23505' });
      await expect(tx.savepoint(async () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
      await tx.savepoint(async () => tx.send(WRITE, [42, 'kept too']));
    });
    expect(await ids(40)).toEqual([40, 42]);
  });

  it('does not commit after a failure that was passed over', async () => {
    const failing = database.transaction(async (tx) => {
      tx.send(WRITE, [50, 'lost']);
      await tx.query('select no_such_column').catch(() => {});
    });
    await expect(failing).rejects.toThrow('one of its statements had failed');
    expect(await ids(50)).toEqual([]);
  });

  it('is tried again after a serialization failure, also of a statement that nobody waited for', async () => {
    let attempts = 0;
    await database.transaction(async (tx) => {
      attempts++;
      if (attempts === 1) tx.send(`do $$ begin raise exception using errcode = '40001'; end $$`);
      tx.send(WRITE, [60, String(attempts)]);
    });
    expect(attempts).toBe(2);
    expect(await ids(60)).toEqual([60]);
  });
});
