import { Controller } from '@nestjs/common';
import {
  CentreServiceService,
  type CreateCentreRequest,
  type CreateCentreResponse,
  type GetCentreRequest,
  type GetCentreResponse,
  type ListCentresRequest,
  type ListCentresResponse,
  type ListLocationsRequest,
  type ListLocationsResponse,
} from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import { BusinessTime } from '@naru/platform/business-time';
import { Database } from '@naru/platform/database';
import { PageTokens } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { createCentre } from './centre.js';
import { toCentreMessage, toLocationMessage, toPlan } from './centre.message.js';
import { CentreStore } from './centre.store.js';
import { catalogueOf, operatedBy } from './viewing.js';

@Controller()
export class CentreController {
  constructor(
    private readonly centres: CentreStore,
    private readonly database: Database,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Command(CentreServiceService.createCentre)
  async createCentre(request: CreateCentreRequest, call: CommandCall): Promise<CreateCentreResponse> {
    const [opened] = eventsOf(createCentre(toPlan(request)));
    const centre = await this.centres.open(call.tx, opened!.plan, call.caller.organizationId, this.time.now());
    return { centre: toCentreMessage(centre) };
  }

  @Rpc(CentreServiceService.getCentre)
  async getCentre(request: GetCentreRequest, call: Call): Promise<GetCentreResponse> {
    const centre = (await this.centres.findWithZones(request.centreId, catalogueOf(call.caller))) ?? refused('NOT_FOUND');
    return { centre: toCentreMessage(centre) };
  }

  @Rpc(CentreServiceService.listCentres)
  async listCentres(request: ListCentresRequest, call: Call): Promise<ListCentresResponse> {
    const { items, nextPageToken } = await this.pages.page(request, 'centres', call.caller.organizationId,
      (after, limit) => this.centres.list(catalogueOf(call.caller), after, limit), (centre) => centre.centreId);
    return { centres: items.map(toCentreMessage), nextPageToken };
  }

  @Rpc(CentreServiceService.listLocations)
  async listLocations(request: ListLocationsRequest, call: Call): Promise<ListLocationsResponse> {
    if (!(await this.centres.find(this.database, request.centreId, operatedBy(call.caller)))) refused('NOT_FOUND');
    const list = `locations of ${request.centreId}`;
    const { items, nextPageToken } = await this.pages.page(request, list, call.caller.organizationId,
      (after, limit) => this.centres.listLocations(call.caller, request.centreId, after, limit), (location) => location.locationId);
    return { locations: items.map(toLocationMessage), nextPageToken };
  }
}
