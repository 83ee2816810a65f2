import 'reflect-metadata';
import { Catch, type DynamicModule, type ExceptionFilter, Global, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Observable, isObservable, lastValueFrom, throwError } from 'rxjs';
import type { EntitySchema } from 'typeorm';
import { topicOf } from '@naru/contracts/registry';
import { TokenVerifier } from './auth/verifier.js';
import { EmbeddedBus } from './bus/embedded.js';
import { embeddedRelay } from './bus/outbox-session.js';
import { BusinessTime } from './business-time.js';
import type { ServiceConfig } from './config.js';
import { Consumer, type EventHandler } from './consumer.js';
import { Database } from './database.js';
import type { EventCodec } from './event.js';
import { startHousekeeping } from './housekeeping.js';
import { Ids } from './ids.js';
import { migrate } from './migrations.js';
import { Outbox } from './outbox.js';
import { PageTokens } from './page-tokens.js';
import { Relay } from './relay.js';
import { CommandRunner } from './rpc/command.js';
import { RefusalLog } from './rpc/refusal-log.js';
import { RpcServer } from './rpc/server.js';
import { ServiceContext } from './service-context.js';

/** A service of Naru: its name is its schema, its topic and its roles. */
export interface ServiceDefinition {
  readonly name: string;
  readonly module: Type;
  /** Folder of its numbered SQL files. */
  readonly migrations: URL;
  readonly entities?: ((new () => object) | EntitySchema)[];
}

export interface RunningService {
  readonly name: string;
  /** `127.0.0.1:port` of its gRPC server. */
  readonly address: string;
  /** What the service has told about itself, such as further addresses. */
  readonly published: ReadonlyMap<string, string>;
  /** Where refused access is recorded, also that of an edge in front of the service. */
  readonly refusals: RefusalLog;
  /** Whether nothing is published or consumed here right now. Costs nothing: ask it before `settledAt`. */
  readonly idle: boolean;
  /**
   * Where its logs end, if everything committed here is published and everything published so far is consumed here; undefined if not.
   * Services that give the same ends are settled together.
   */
  settledAt(): Promise<ReadonlyMap<string, bigint> | undefined>;
  /** Takes no new calls, ends the running ones, publishes what is committed, and closes. */
  stop(): Promise<void>;
}

/** The tables that the shell keeps in every service's schema. */
export const PLATFORM_MIGRATIONS = new URL('../migrations/', import.meta.url);

/** Errors pass Nest unchanged: the transport alone turns them into statuses. */
@Catch()
class PassThrough implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

interface Shell {
  readonly context: ServiceContext;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly ids: Ids;
  readonly time: BusinessTime;
  readonly pages: PageTokens;
}

@Global()
@Module({})
class ShellModule {
  static of(shell: Shell): DynamicModule {
    const providers = [
      { provide: ServiceContext, useValue: shell.context },
      { provide: Database, useValue: shell.database },
      { provide: Outbox, useValue: shell.outbox },
      { provide: Ids, useValue: shell.ids },
      { provide: BusinessTime, useValue: shell.time },
      { provide: PageTokens, useValue: shell.pages },
    ];
    return { module: ShellModule, providers, exports: providers.map((p) => p.provide) };
  }
}

function rootModule(shell: Shell, module: Type): DynamicModule {
  @Module({})
  class Root {}
  return { module: Root, imports: [ShellModule.of(shell), module] };
}

/** The consumers that a module declares, as the bus wants them. */
function consumersOf(server: RpcServer): { handlers: Map<string, EventHandler>; codecs: Map<string, EventCodec<unknown>> } {
  const handlers = new Map<string, EventHandler>();
  const codecs = new Map<string, EventCodec<unknown>>();
  for (const [type, handler] of server.eventHandlers()) {
    codecs.set(type, handler.extras!['codec'] as EventCodec<unknown>);
    handlers.set(type, async (event, tx) => {
      const result: unknown = await handler(event, tx);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    });
  }
  return { handlers, codecs };
}

/** Starts a service: migrates, connects, takes calls, relays and consumes. Several may run in one process. */
export async function startService(definition: ServiceDefinition, config: ServiceConfig): Promise<RunningService> {
  const { name } = definition;
  if (config.migrateUrl) await migrate({ url: config.migrateUrl, schema: name, folders: [PLATFORM_MIGRATIONS, definition.migrations] });

  const database = await Database.connect({ url: config.databaseUrl, schema: name, poolSize: config.poolSize, entities: definition.entities ?? [] });
  const context = new ServiceContext(name, config);
  const ids = new Ids();
  const time = new BusinessTime(config.businessClock);
  const log = context.log.bind(context);
  const relay = new Relay({ service: name, open: embeddedRelay({ url: config.databaseUrl, service: name, topic: topicOf(name) }), log: config.log, crashAt: config.crashAt });
  const outbox = new Outbox(ids, relay.wake);
  const bus = new EmbeddedBus({ database, url: config.databaseUrl, service: name, log: config.log });
  const refusals = new RefusalLog({ database, outbox, time, onFailure: (error, lost) => log('error', 'refusals could not be recorded', { lost, error: String(error) }) });
  const server = new RpcServer({ context, verifier: new TokenVerifier(config), revocations: config.revocations, commands: new CommandRunner(database, config.crashAt), time, refusals });

  const shell: Shell = { context, database, outbox, ids, time, pages: new PageTokens(config.pageTokenKey) };
  const app = await NestFactory.createMicroservice(rootModule(shell, definition.module), { strategy: server, logger: ['error', 'warn'] });
  app.useGlobalFilters(new PassThrough());
  await app.init();
  await context.started();
  relay.start();
  const consumer = new Consumer({ database, bus, group: name, service: name, ...consumersOf(server), log: config.log, crashAt: config.crashAt });
  await consumer.start();
  const stopHousekeeping = startHousekeeping({ database, service: name, log: config.log });
  await app.listen();

  return {
    name,
    address: server.address,
    published: context.published,
    refusals,
    get idle() {
      return relay.idle && bus.idle;
    },
    settledAt: () => bus.settledAt(),
    async stop() {
      stopHousekeeping();
      await app.close();
      await refusals.flush();
      await context.stopped();
      await consumer.stop();
      await bus.close(3000);
      await relay.stop();
      await database.close();
    },
  };
}
