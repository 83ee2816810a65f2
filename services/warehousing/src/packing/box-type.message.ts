import * as contract from '@naru/contracts/gen/naru/warehousing/v1/box_type_service';
import { temperatureClasses } from '../centre/centre.message.js';
import type { NewBoxType } from './box-type.js';
import type { BoxType } from './cartonise.js';

export function toNewBoxType(boxType: contract.NewBoxType): NewBoxType {
  return {
    code: boxType.code,
    inner: [boxType.innerLengthMm, boxType.innerWidthMm, boxType.innerHeightMm],
    tareGrams: Number(boxType.tareGrams),
    maxGrams: Number(boxType.maxGrams),
    temperatureClasses: boxType.temperatureClasses.map(temperatureClasses.word),
  };
}

export function toBoxTypeMessage({ boxTypeId, code, inner, tareGrams, maxGrams, temperatureClasses: classes }: BoxType): contract.BoxType {
  return contract.BoxType.fromPartial({
    boxTypeId,
    code,
    innerLengthMm: inner[0],
    innerWidthMm: inner[1],
    innerHeightMm: inner[2],
    tareGrams: BigInt(tareGrams),
    maxGrams: BigInt(maxGrams),
    temperatureClasses: classes.map(temperatureClasses.value),
  });
}
