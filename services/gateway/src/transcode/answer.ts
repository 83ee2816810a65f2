import { type DescMessage, type JsonObject, fromBinary, toJson } from '@bufbuild/protobuf';
import { type Rpc, registry } from '@naru/contracts/registry';
import { forgetUnknownEnums } from './unknown-enums.js';

const READ = { readUnknownFields: false };
const WRITE = { alwaysEmitImplicit: true, registry };

/** How the bytes of a message become JSON: with zero values, and nothing in it that the published schemas lack. */
export function jsonWriter(message: DescMessage): (bytes: Uint8Array) => JsonObject {
  const forget = forgetUnknownEnums(message);
  return (bytes) => {
    const decoded = fromBinary(message, bytes, READ);
    forget?.(decoded);
    return toJson(message, decoded, WRITE) as JsonObject;
  };
}

/** How a response's bytes become the JSON text of the answer. */
export function answerOf(rpc: Rpc): (bytes: Uint8Array) => string {
  const { output } = rpc.method;
  const json = jsonWriter(output);
  const name = rpc.http!.responseBody;
  if (name === '') return (bytes) => JSON.stringify(json(bytes));
  const only = output.fields.find((field) => field.name === name);
  if (!only) throw new Error(`${rpc.path}: response_body names no field`);
  return (bytes) => JSON.stringify(json(bytes)[only.jsonName] ?? {});
}
