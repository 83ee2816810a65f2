import { accept, refuse, type Decision } from '@naru/kernel/decision';
import type { BoxType } from './cartonise.js';

export type NewBoxType = Omit<BoxType, 'boxTypeId'>;

export interface BoxTypeCreated {
  readonly type: 'BoxTypeCreated';
  readonly boxType: NewBoxType;
}

/** Whether the box type may enter the operator's range: it may be heavier full than empty, and carries some class. */
export function createBoxType(boxType: NewBoxType): Decision<BoxTypeCreated> {
  if (boxType.maxGrams <= boxType.tareGrams || boxType.temperatureClasses.length === 0) return refuse('BOX_TYPE_INVALID', { code: boxType.code });
  return accept([{ type: 'BoxTypeCreated', boxType }]);
}
