import { Controller } from '@nestjs/common';
import {
  type BatchCreateBoxTypesRequest,
  type BatchCreateBoxTypesResponse,
  BoxTypeServiceService,
  type ListBoxTypesRequest,
  type ListBoxTypesResponse,
} from '@naru/contracts/gen/naru/warehousing/v1/box_type_service';
import { errorText } from '@naru/kernel/errors';
import { pageSize, PageTokens } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { operatedBy } from '../centre/viewing.js';
import { createBoxType } from './box-type.js';
import { toBoxTypeMessage, toNewBoxType } from './box-type.message.js';
import { BoxTypeStore } from './box-type.store.js';

@Controller()
export class BoxTypeController {
  constructor(
    private readonly boxTypes: BoxTypeStore,
    private readonly pages: PageTokens,
  ) {}

  @Command(BoxTypeServiceService.batchCreateBoxTypes)
  async batchCreateBoxTypes(request: BatchCreateBoxTypesRequest, call: CommandCall): Promise<BatchCreateBoxTypesResponse> {
    const decisions = request.boxTypes.map((boxType) => createBoxType(toNewBoxType(boxType)));
    const accepted = decisions.flatMap((decision) => (decision.accepted ? decision.events : [])).map(({ boxType }) => boxType);
    const stored = (await this.boxTypes.add(call.tx, call.caller.organizationId, accepted)).values();
    return {
      outcomes: decisions.map((decision) => {
        if (decision.accepted) return { ...stored.next().value!, code: '', detail: '' };
        const { code, details } = decision.refusal;
        return { boxTypeId: '', created: false, code, detail: errorText(code, 'en', details) };
      }),
    };
  }

  @Rpc(BoxTypeServiceService.listBoxTypes)
  async listBoxTypes(request: ListBoxTypesRequest, call: Call): Promise<ListBoxTypesResponse> {
    const { organizationId } = call.caller;
    const size = pageSize(request.pageSize);
    const rows = await this.boxTypes.list(operatedBy(call.caller), this.pages.open(request.pageToken, 'box types', organizationId), size + 1);
    const { items, nextPageToken } = this.pages.cut(rows, size, 'box types', organizationId, (boxType) => boxType.boxTypeId);
    return { boxTypes: items.map(toBoxTypeMessage), nextPageToken };
  }
}
