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

/** What goes out: a content type and what stands in it. */
export interface Answer {
  readonly type: string;
  readonly body: string | Buffer;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** The message that is no JSON: bytes with the type that they name (google.api.HttpBody), such as a picture. */
export function isBytes(message: DescMessage): boolean {
  return message.typeName === 'google.api.HttpBody';
}

/** A media type that may stand in a header; services are ours, but a header takes no line break from anybody. */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:; ?[\w-]+=[\w.-]+)*$/;

function bytesAnswer(message: DescMessage): (bytes: Uint8Array) => Answer {
  return (bytes) => {
    const { contentType, data } = fromBinary(message, bytes, READ) as unknown as { contentType: string; data: Uint8Array };
    return { type: MEDIA_TYPE.test(contentType) ? contentType : 'application/octet-stream', body: Buffer.from(data) };
  };
}

/** How a response's bytes become the answer: JSON, or the bytes that it carries. */
export function answerOf(rpc: Rpc): (bytes: Uint8Array) => Answer {
  const { output } = rpc.method;
  const name = rpc.http!.responseBody;
  if (isBytes(output)) return bytesAnswer(output);
  const json = jsonWriter(output);
  if (name === '') return (bytes) => ({ type: JSON_TYPE, body: JSON.stringify(json(bytes)) });
  const only = output.fields.find((field) => field.name === name);
  if (!only) throw new Error(`${rpc.path}: response_body names no field`);
  return (bytes) => ({ type: JSON_TYPE, body: JSON.stringify(json(bytes)[only.jsonName] ?? {}) });
}
