import { HttpBody } from '@naru/contracts/gen/google/api/httpbody';
import { FileName } from '@naru/contracts/gen/naru/type/v1/file_name';

/**
 * The answer of an rpc that returns google.api.HttpBody: the gateway passes `data` on as it is.
 * @param file.contentType such as `application/pdf` or `text/csv; charset=utf-8`.
 * @param file.filename what a browser calls the document when it is saved; any characters, at most 200.
 */
export function fileAnswer(file: { readonly contentType: string; readonly data: Uint8Array; readonly filename?: string }): HttpBody {
  const { contentType, data, filename } = file;
  const extensions = filename === undefined ? [] : [{ typeUrl: `type.googleapis.com/${FileName.$type}`, value: Buffer.from(FileName.encode({ filename }).finish()) }];
  return HttpBody.fromPartial({ contentType, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength), extensions });
}
