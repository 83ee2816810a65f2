import { Controller } from '@nestjs/common';
import { type ExplainCodeRequest, ExplainCodeResponse, WhyServiceService } from '@naru/contracts/gen/naru/warehousing/v1/why_service';
import { refused } from '@naru/kernel/decision';
import type { Call } from '@naru/platform/rpc/call';
import { Rpc } from '@naru/platform/rpc/decorators';
import { Explaining } from './explaining.shell.js';
import { textOf } from './why.js';

@Controller()
export class WhyController {
  constructor(private readonly explaining: Explaining) {}

  @Rpc(WhyServiceService.explainCode)
  async explainCode({ code }: ExplainCodeRequest, { caller }: Call): Promise<ExplainCodeResponse> {
    const rows = (await this.explaining.explain(caller, code)) ?? refused('NOT_FOUND');
    return ExplainCodeResponse.fromPartial({
      code,
      facts: rows.map(({ eventId, at, kind, line, details }) => ({
        ...{ eventId: eventId ?? '', at: new Date(at), kind, line: line ?? 0, text: textOf(kind, 'en', details), textKo: textOf(kind, 'ko', details) },
      })),
    });
  }
}
