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
import { pageSize, PageTokens } from '@naru/platform/page-tokens';
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
    const { organizationId } = call.caller;
    const size = pageSize(request.pageSize);
    const rows = await this.centres.list(catalogueOf(call.caller), this.pages.open(request.pageToken, 'centres', organizationId), size + 1);
    const { items, nextPageToken } = this.pages.cut(rows, size, 'centres', organizationId, (centre) => centre.centreId);
    return { centres: items.map(toCentreMessage), nextPageToken };
  }

  @Rpc(CentreServiceService.listLocations)
  async listLocations(request: ListLocationsRequest, call: Call): Promise<ListLocationsResponse> {
    const { organizationId } = call.caller;
    if (!(await this.centres.find(this.database, request.centreId, operatedBy(call.caller)))) refused('NOT_FOUND');
    const list = `locations of ${request.centreId}`;
    const size = pageSize(request.pageSize);
    const rows = await this.centres.listLocations(call.caller, request.centreId, this.pages.open(request.pageToken, list, organizationId), size + 1);
    const { items, nextPageToken } = this.pages.cut(rows, size, list, organizationId, (location) => location.locationId);
    return { locations: items.map(toLocationMessage), nextPageToken };
  }
}
