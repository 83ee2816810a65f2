import { Controller } from '@nestjs/common';
import { OrganizationRegistered } from '@naru/contracts/gen/naru/identity/v1/events';
import type { Transaction } from '@naru/platform/database';
import type { Delivered } from '@naru/platform/event';
import { Consumes } from '@naru/platform/rpc/decorators';
import { saveParty } from './party.store.js';

@Controller()
export class PartyController {
  /** Documents name their parties. */
  @Consumes(OrganizationRegistered)
  async recordParty({ data }: Delivered<OrganizationRegistered>, tx: Transaction): Promise<void> {
    await saveParty(tx, data.organizationId, data.name);
  }
}
