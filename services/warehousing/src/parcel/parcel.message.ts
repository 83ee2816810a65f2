import * as contract from '@naru/contracts/gen/naru/warehousing/v1/parcel_service';
import { errorText } from '@naru/kernel/errors';
import { temperatureClasses } from '../centre/centre.message.js';
import { contractWords } from '../contract-words.js';
import type { PackOutcome } from './packing.shell.js';
import type { ParcelRow } from './parcel.store.js';
import type { ParcelPhase } from './stage.js';
import type { StageOutcome } from './staging.shell.js';
import type { TracedContent } from './trace.store.js';

const phases = contractWords<ParcelPhase, contract.ParcelPhase>({ packed: contract.ParcelPhase.PACKED, staged: contract.ParcelPhase.STAGED });

export function toParcelMessage(parcel: ParcelRow, contents: readonly TracedContent[] = []): contract.Parcel {
  return contract.Parcel.fromPartial({
    ...parcel,
    boxTypeId: parcel.boxTypeId ?? '',
    temperatureClass: temperatureClasses.value(parcel.temperatureClass),
    phase: phases.value(parcel.phase),
    packedAt: new Date(parcel.packedAt),
    stagedAt: parcel.stagedAt === null ? undefined : new Date(parcel.stagedAt),
    contents: contents.map((content) => ({ ...content, origins: [...content.origins] })),
  });
}

export function toPackOutcome(outcome: PackOutcome): contract.PackOutcome {
  const { orderId } = outcome;
  if ('refusal' in outcome) {
    const { code, details } = outcome.refusal;
    return contract.PackOutcome.fromPartial({ orderId, code, detail: errorText(code, 'en', details) });
  }
  return contract.PackOutcome.fromPartial({
    orderId,
    parcels: outcome.parcels.map((parcel) => toParcelMessage(parcel)),
    leftOut: outcome.leftOut.map(({ line, batch, count, refusal: { code, details } }) => ({ line, batch, count, code, detail: errorText(code, 'en', details) })),
  });
}

export function toStageOutcome({ unitId, refusal }: StageOutcome): contract.StageOutcome {
  if (!refusal) return { unitId, staged: true, code: '', detail: '' };
  return { unitId, staged: false, code: refusal.code, detail: errorText(refusal.code, 'en', refusal.details) };
}
