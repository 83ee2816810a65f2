import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@naru/platform/service';
import { EventController } from './event/event.controller.js';
import { EventStore } from './event/event.store.js';

@Module({ controllers: [EventController], providers: [EventStore] })
export class GatewayModule {}

/** The part of the gateway that is a service like the others: the stream of events. The HTTP edge (gateway.ts) stands in front of all. */
export const gateway: ServiceDefinition = { name: 'gateway', module: GatewayModule, migrations: new URL('../migrations/', import.meta.url) };
