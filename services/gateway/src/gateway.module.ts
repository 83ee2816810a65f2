import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@naru/platform/service';
@Module({})
export class GatewayModule {}
export const gateway: ServiceDefinition = { name: 'gateway', module: GatewayModule, migrations: new URL('../migrations/', import.meta.url) };
