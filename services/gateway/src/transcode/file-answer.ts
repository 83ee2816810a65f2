import type { FastifyReply } from 'fastify';
import { HttpBody } from '@naru/contracts/gen/google/api/httpbody';
import { FileName } from '@naru/contracts/gen/naru/type/v1/file_name';
import type { Rpc } from '@naru/contracts/registry';

const UNKNOWN_TYPE = 'application/octet-stream';
const OUTSIDE_OF_QUOTES = /[^\x20-\x7e]|["\\%]/gu;

/** Whether the answer of a method is a document of its own and not a message: google.api.HttpBody. */
export function answersFile({ method }: Rpc): boolean {
  return method.methodKind === 'unary' && method.output.typeName === HttpBody.$type;
}

/** RFC 6266: the name in ASCII, and where that is not all of it, as it is (RFC 8187). */
function dispositionOf(filename: string): string {
  const plain = filename.replace(OUTSIDE_OF_QUOTES, '_');
  if (plain === filename) return `inline; filename="${filename}"`;
  const whole = encodeURIComponent(filename.toWellFormed()).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `inline; filename="${plain}"; filename*=UTF-8''${whole}`;
}

/** Answers what a google.api.HttpBody carries: its bytes under its content type, called as its extension FileName says. */
export function sendFile(reply: FastifyReply, bytes: Uint8Array): void {
  const { contentType, data, extensions } = HttpBody.decode(bytes);
  const name = extensions.find(({ typeUrl }) => typeUrl.endsWith(`/${FileName.$type}`));
  if (name) reply.header('content-disposition', dispositionOf(FileName.decode(name.value).filename));
  void reply.type(contentType === '' ? UNKNOWN_TYPE : contentType).send(Buffer.from(data));
}
