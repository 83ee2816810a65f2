import { Controller } from '@nestjs/common';
import {
  type BatchCreateItemsRequest,
  type BatchCreateItemsResponse,
  type BatchItemOutcome,
  type CreateItemRequest,
  type CreateItemResponse,
  type GetItemRequest,
  type GetItemResponse,
  ItemServiceService,
  type ListItemsRequest,
  type ListItemsResponse,
} from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import { type ErrorCode, errorText } from '@naru/kernel/errors';
import { PageTokens } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { itemsFor } from '../centre/viewing.js';
import { createItem } from './item.js';
import { toItemMessage, toNewItem } from './item.message.js';
import { ItemStore } from './item.store.js';

function refusalOf(code: ErrorCode, details: Readonly<Record<string, unknown>>): BatchItemOutcome {
  return { itemId: '', created: false, code, detail: errorText(code, 'en', details) };
}

@Controller()
export class ItemController {
  constructor(
    private readonly items: ItemStore,
    private readonly pages: PageTokens,
  ) {}

  @Command(ItemServiceService.createItem)
  async createItem(request: CreateItemRequest, call: CommandCall): Promise<CreateItemResponse> {
    const { organizationId } = call.caller;
    const { item } = eventsOf(createItem(toNewItem(request.item!)))[0]!;
    const [stored] = await this.items.add(call.tx, organizationId, [item]);
    if (stored!.code !== item.code) refused('ITEM_SPELLING', { code: item.code, first: stored!.code });
    if (!stored!.created) refused('ALREADY_EXISTS', { what: item.code });
    return { item: toItemMessage({ ...item, itemId: stored!.itemId, organizationId }) };
  }

  @Command(ItemServiceService.batchCreateItems)
  async batchCreateItems(request: BatchCreateItemsRequest, call: CommandCall): Promise<BatchCreateItemsResponse> {
    const decisions = request.items.map((item) => createItem(toNewItem(item)));
    const accepted = decisions.flatMap((decision) => (decision.accepted ? decision.events : [])).map((event) => event.item);
    const stored = (await this.items.add(call.tx, call.caller.organizationId, accepted)).values();
    return {
      outcomes: decisions.map((decision) => {
        if (!decision.accepted) return refusalOf(decision.refusal.code, decision.refusal.details);
        const { itemId, created, code: first } = stored.next().value!;
        const { code } = decision.events[0]!.item;
        return code === first ? { itemId, created, code: '', detail: '' } : refusalOf('ITEM_SPELLING', { code, first });
      }),
    };
  }

  @Rpc(ItemServiceService.getItem)
  async getItem(request: GetItemRequest, call: Call): Promise<GetItemResponse> {
    const item = (await this.items.get(request.itemId, itemsFor(call.caller))) ?? refused('NOT_FOUND');
    return { item: toItemMessage(item) };
  }

  @Rpc(ItemServiceService.listItems)
  async listItems(request: ListItemsRequest, call: Call): Promise<ListItemsResponse> {
    const { items, nextPageToken } = await this.pages.page(request, 'items', call.caller.organizationId,
      (after, limit) => this.items.list(itemsFor(call.caller), after, limit), (item) => item.itemId);
    return { items: items.map(toItemMessage), nextPageToken };
  }
}
