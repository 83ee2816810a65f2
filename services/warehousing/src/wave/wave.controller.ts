import { Controller } from '@nestjs/common';
import {
  type BatchCompletePickTasksRequest,
  type BatchCompletePickTasksResponse,
  type GetWaveRequest,
  type GetWaveResponse,
  type ListPickTasksRequest,
  type ListPickTasksResponse,
  type ReleaseWaveRequest,
  type ReleaseWaveResponse,
  WaveServiceService,
} from '@naru/contracts/gen/naru/warehousing/v1/wave_service';
import { refused } from '@naru/kernel/decision';
import { Database } from '@naru/platform/database';
import { pageSize, PageTokens } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { Picking } from './picking.shell.js';
import { PickTaskStore } from './pick-task.store.js';
import { Releasing } from './releasing.shell.js';
import { toPickTaskMessage, toTaskOutcome, toWaveMessage } from './wave.message.js';
import { WaveStore } from './wave.store.js';

@Controller()
export class WaveController {
  constructor(
    private readonly releasing: Releasing,
    private readonly picking: Picking,
    private readonly waves: WaveStore,
    private readonly tasks: PickTaskStore,
    private readonly database: Database,
    private readonly pages: PageTokens,
  ) {}

  @Command(WaveServiceService.releaseWave)
  async releaseWave(request: ReleaseWaveRequest, call: CommandCall): Promise<ReleaseWaveResponse> {
    return { wave: toWaveMessage(await this.releasing.release(call.tx, call.caller, request.centreId, request.orderIds)) };
  }

  @Rpc(WaveServiceService.getWave)
  async getWave(request: GetWaveRequest, call: Call): Promise<GetWaveResponse> {
    const wave = (await this.waves.show(call.caller, request.waveId)) ?? refused('NOT_FOUND');
    return { wave: toWaveMessage(wave) };
  }

  @Rpc(WaveServiceService.listPickTasks)
  async listPickTasks(request: ListPickTasksRequest, call: Call): Promise<ListPickTasksResponse> {
    const { waveId } = request;
    const { organizationId } = call.caller;
    if (!(await this.waves.find(this.database, call.caller, waveId))) refused('NOT_FOUND');
    const list = `pick tasks of ${waveId}`;
    const size = pageSize(request.pageSize);
    const rows = await this.tasks.list(undefined, waveId, Number(this.pages.open(request.pageToken, list, organizationId) ?? 0), size + 1);
    const { items, nextPageToken } = this.pages.cut(rows, size, list, organizationId, (task) => String(task.sequence));
    return { tasks: items.map(toPickTaskMessage), nextPageToken };
  }

  @Command(WaveServiceService.batchCompletePickTasks)
  async batchCompletePickTasks(request: BatchCompletePickTasksRequest, call: CommandCall): Promise<BatchCompletePickTasksResponse> {
    const { outcomes, added } = await this.picking.complete(call.tx, call.caller, request.waveId, request.tasks);
    return { outcomes: outcomes.map(toTaskOutcome), added: added.map(toPickTaskMessage) };
  }
}
