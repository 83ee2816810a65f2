import { Controller } from '@nestjs/common';
import { RevocationServiceService, type WatchRevocationsRequest, type WatchRevocationsResponse } from '@naru/contracts/gen/naru/identity/v1/revocation_service';
import { refused } from '@naru/kernel/decision';
import type { Call } from '@naru/platform/rpc/call';
import { Rpc } from '@naru/platform/rpc/decorators';
import { ServiceContext } from '@naru/platform/service-context';
import { secretHash, secretMatches } from '../client/secret.shell.js';
import { settingsOf } from '../settings.js';
import { RevocationWatch } from './revocation-watch.shell.js';

@Controller()
export class RevocationController {
  readonly #feedKey: Buffer | undefined;

  constructor(
    private readonly watch: RevocationWatch,
    context: ServiceContext,
  ) {
    const { feedKey } = settingsOf(context.config);
    this.#feedKey = feedKey === undefined ? undefined : secretHash(feedKey);
  }

  @Rpc(RevocationServiceService.watchRevocations)
  async watchRevocations({ feedKey }: WatchRevocationsRequest, call: Call): Promise<AsyncGenerator<WatchRevocationsResponse>> {
    if (!this.#feedKey || !secretMatches(feedKey, this.#feedKey)) refused('UNAUTHENTICATED');
    return this.watch.follow(call.signal);
  }
}
