import { Controller } from '@nestjs/common';
import {
  type AdmitMerchantRequest,
  type AdmitMerchantResponse,
  type CreateNetworkRequest,
  type CreateNetworkResponse,
  type GetNetworkRequest,
  type GetNetworkResponse,
  type ListNetworksRequest,
  type ListNetworksResponse,
  type Network,
  NetworkServiceService,
} from '@naru/contracts/gen/naru/warehousing/v1/network_service';
import { refused } from '@naru/kernel/decision';
import { BusinessTime } from '@naru/platform/business-time';
import { Ids } from '@naru/platform/ids';
import { PageTokens } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { type NetworkRow, NetworkStore } from './network.store.js';

function toMessage({ networkId, code, name, operatorId, holdMs, centreIds }: NetworkRow): Network {
  return { networkId, code, name, operatorOrganizationId: operatorId, centreIds: [...centreIds], holdMs };
}

@Controller()
export class NetworkController {
  constructor(
    private readonly networks: NetworkStore,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Command(NetworkServiceService.createNetwork)
  async createNetwork(request: CreateNetworkRequest, call: CommandCall): Promise<CreateNetworkResponse> {
    const { code, name, centreIds, holdMs } = request;
    const network: NetworkRow = { networkId: this.ids.next(), code, name, operatorId: call.caller.organizationId, holdMs, centreIds: centreIds.toSorted() };
    await this.networks.create(call.tx, network, this.time.now());
    return { network: toMessage(network) };
  }

  @Command(NetworkServiceService.admitMerchant)
  async admitMerchant({ networkId, organizationId }: AdmitMerchantRequest, { tx, caller }: CommandCall): Promise<AdmitMerchantResponse> {
    const network = (await this.networks.find(tx, caller, networkId)) ?? refused('NOT_FOUND');
    if (!caller.system && network.operatorId !== caller.organizationId) refused('NOT_FOUND');
    await this.networks.admit(tx, networkId, organizationId, this.time.now());
    return { merchant: { networkId, organizationId } };
  }

  @Rpc(NetworkServiceService.getNetwork)
  async getNetwork(request: GetNetworkRequest, call: Call): Promise<GetNetworkResponse> {
    return { network: toMessage((await this.networks.find(undefined, call.caller, request.networkId)) ?? refused('NOT_FOUND')) };
  }

  @Rpc(NetworkServiceService.listNetworks)
  async listNetworks(request: ListNetworksRequest, call: Call): Promise<ListNetworksResponse> {
    const { items, nextPageToken } = await this.pages.page(request, 'networks', call.caller.organizationId,
      (after, limit) => this.networks.list(call.caller, after, limit), (network) => network.networkId);
    return { networks: items.map(toMessage), nextPageToken };
  }
}
