import { expect, it } from '@jest/globals';
import { type Ground, HAPPENED, type Happened, happened, until } from './contract-ground.js';

/** What becomes of events when handlers fail, instances come and go, and connections break. */
export function faultContract(on: Ground): void {
  it('parks the key of a poison event and lets others go on; a replay takes them in order', async () => {
    on.relay.start();
    let poison = true;
    const consumer = await on.consume(on.newBus(), {
      before: async (event, tx) => {
        const { key: of, n } = event.data as Happened;
        if (poison && of === on.key('bad') && n === 2) await tx.query('select 1 / 0');
      },
    });
    await on.publish(...[1, 2, 3].flatMap((n) => [happened(on.key('bad'), n), happened(on.key('good'), n)]));
    await until('the good key', async () => (await on.effects('good')).length === 3);
    await on.publish(happened(on.key('bad'), 4), happened(on.key('good'), 4));
    await until('the good key again', async () => (await on.effects('good')).length === 4);
    expect(await on.effects('bad')).toEqual([1]);
    await until('three parked events', async () => (await consumer.parking!.list())[0]?.events === 3n);
    const [parked] = await consumer.parking!.list();
    expect(parked).toMatchObject({ key: on.key('bad'), firstEvent: { type: HAPPENED } });
    expect(parked!.error).toContain('division by zero');

    expect((await consumer.parking!.replay(on.key('bad')))[0]!.error).toContain('division by zero');
    poison = false;
    expect(await consumer.parking!.replay()).toEqual([{ key: on.key('bad'), replayed: 3, error: undefined }]);
    expect(await on.effects('bad')).toEqual([1, 2, 3, 4]);
    expect(await consumer.parking!.list()).toEqual([]);
    await on.publish(happened(on.key('bad'), 5));
    await until('the key to go on', async () => (await on.effects('bad')).length === 5);
  }, 30_000);

  it('tries a parked key again by itself', async () => {
    on.relay.start();
    let failures = 2;
    await on.consume(on.newBus(), {
      before: async (event) => {
        if ((event.data as Happened).key === on.key('a') && failures-- > 0) throw new Error('not yet');
      },
    });
    await on.publish(happened(on.key('a'), 1));
    await until('the second try', async () => (await on.effects('a')).length === 1);
  }, 30_000);

  it('parks nothing for a failure that time heals', async () => {
    on.relay.start();
    let failures = 3;
    const consumer = await on.consume(on.newBus(), {
      before: async (event, tx) => {
        if ((event.data as Happened).key === on.key('a') && failures-- > 0) await tx.query(`do $$ begin raise exception using errcode = '53300', message = 'too many connections'; end $$`);
      },
    });
    await on.publish(happened(on.key('a'), 1), happened(on.key('a'), 2));
    await until('both', async () => (await on.effects('a')).length === 2);
    expect(await consumer.parking!.list()).toEqual([]);
    expect(await on.effects('a')).toEqual([1, 2]);
  }, 30_000);

  it('puts the check of a deferred constraint on the event that breaks it', async () => {
    await on.spec.admin(`
      create table warehousing.allowed (n integer primary key);
      insert into warehousing.allowed values (1), (3);
      create table warehousing.checked (key text, n integer references warehousing.allowed deferrable initially deferred);
      grant insert on warehousing.checked to warehousing_app`);
    on.relay.start();
    const consumer = await on.consume(on.newBus(), {
      before: async (event, tx) => {
        const { key: of, n } = event.data as Happened;
        if (of.startsWith(`${on.serial}-`)) await tx.query('insert into checked values ($1, $2)', [of, n]);
      },
    });
    await on.publish(happened(on.key('a'), 1), happened(on.key('b'), 2), happened(on.key('c'), 3));
    await until('the others', async () => (await on.effects('a')).length + (await on.effects('c')).length === 2);
    await until('the culprit', async () => (await consumer.parking!.list()).length === 1);
    expect(await on.effects('b')).toEqual([]);
    expect(await consumer.parking!.list()).toMatchObject([{ key: on.key('b') }]);
  }, 30_000);

  it('loses nothing at a shutdown in the middle of a batch, and doubles nothing at the next start', async () => {
    on.relay.start();
    const bus = on.newBus();
    const begun = Promise.withResolvers<void>();
    const consumer = await on.consume(bus, {
      before: async (event) => {
        if ((event.data as Happened).key !== on.key('a')) return;
        begun.resolve();
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
    });
    for (let n = 0; n < 60; n++) await on.publish(happened(on.key('a'), n));
    await begun.promise;
    await Promise.all([bus.close(5_000), on.relay.stop()]);
    await consumer.stop();
    const done = await on.effects('a');
    expect(done).toEqual(Array.from({ length: done.length }, (_, n) => n));

    on.newRelay().start();
    await on.consume(on.newBus());
    await until('the rest', async () => (await on.effects('a')).length >= 60);
    expect(await on.effects('a')).toEqual(Array.from({ length: 60 }, (_, n) => n));
  }, 30_000);

  it('gives up a batch that does not end in time, and brings it again', async () => {
    on.relay.start();
    const bus = on.newBus();
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    await on.consume(bus, {
      before: async (event) => {
        if ((event.data as Happened).key !== on.key('a')) return;
        begun.resolve();
        await gate.promise;
      },
    });
    await on.publish(happened(on.key('a'), 1));
    await begun.promise;
    const started = Date.now();
    await bus.close(100);
    expect(Date.now() - started).toBeLessThan(2_000);
    await on.consume(on.newBus());
    gate.resolve();
    await until('the event', async () => (await on.effects('a')).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await on.effects('a')).toEqual([1]);
  }, 30_000);

  it('delivers what a relay moved before it was killed, though nobody announced it', async () => {
    const open = on.open();
    const killed = on.newRelay(async (wake, lost) => {
      const session = await open(wake, lost);
      return { ...session, announce: () => Promise.reject(new Error('killed')), move: (limit) => session.move(limit) };
    });
    await on.consume(on.newBus());
    killed.start();
    await on.publish(happened(on.key('a'), 1));
    await until('the event', async () => (await on.effects('a')).length === 1);
    expect(on.lines.some((line) => line['error'] === 'Error: killed')).toBe(true);
  }, 30_000);

  it('closes at once when it was closed while it connected', async () => {
    const bus = on.newBus();
    await on.consume(bus);
    await bus.close(1_000);
  });

  it('lets one relay of a service work at a time, and another take over', async () => {
    const second = on.newRelay();
    on.relay.start();
    await until('the first to lead', () => on.relay.leading);
    second.start();
    await on.consume(on.newBus());
    await on.publish(happened(on.key('a'), 1));
    await until('the event', async () => (await on.effects('a')).length === 1);
    expect([on.relay.leading, second.leading]).toEqual([true, false]);
    await on.relay.stop();
    await on.publish(happened(on.key('a'), 2));
    await until('the second to take over', async () => (await on.effects('a')).length === 2);
    expect(second.leading).toBe(true);
  }, 30_000);

  it('goes on after every connection was cut', async () => {
    on.relay.start();
    await on.consume(on.newBus());
    await on.publish(happened(on.key('a'), 0));
    await until('the first', async () => (await on.effects('a')).length === 1);
    for (let n = 1; n <= 20; n++) {
      if (n % 7 === 0) await on.spec.admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name ~ '-(relay|bus)$|warehousing$'`);
      await on.publish(happened(on.key('a'), n));
    }
    await until('all', async () => (await on.effects('a')).length >= 21);
    expect(await on.effects('a')).toEqual(Array.from({ length: 21 }, (_, n) => n));
    await until('the relay to have noticed', () => on.lines.some((line) => line.message.includes('lost its connection')));
  }, 30_000);

  it('lets one instance of a group consume at a time', async () => {
    on.relay.start();
    const seen = new Set<number>();
    await Promise.all([0, 1].map((which) => on.consume(on.newBus(), { before: async (event) => void ((event.data as Happened).key === on.key('a') && seen.add(which)) })));
    for (let n = 0; n < 20; n++) await on.publish(happened(on.key('a'), n));
    await until('all', async () => (await on.effects('a')).length === 20);
    expect(seen.size).toBe(1);
  }, 30_000);
}
