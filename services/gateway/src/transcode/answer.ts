import { fromBinary, toJson } from '@bufbuild/protobuf';
import { type Rpc, registry } from '@naru/contracts/registry';

/** Turns a response's bytes into the JSON text of the answer. */
export function answerOf(rpc: Rpc): (bytes: Buffer) => string {
  const { output } = rpc.method;
  const only = rpc.http!.responseBody === '' ? undefined : output.fields.find((field) => field.name === rpc.http!.responseBody);
  if (rpc.http!.responseBody !== '' && !only) throw new Error(`${rpc.path}: response_body names no field`);
  return (bytes) => {
    const json = toJson(output, fromBinary(output, bytes, { readUnknownFields: false }), { alwaysEmitImplicit: true, registry }) as Record<string, unknown>;
    return JSON.stringify(only ? (json[only.jsonName] ?? {}) : json);
  };
}
