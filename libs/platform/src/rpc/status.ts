import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo } from '@naru/contracts/gen/google/rpc/error_details';
import { Status } from '@naru/contracts/gen/google/rpc/status';
import { Refused, type Refusal } from '@naru/kernel/decision';
import { definitionOf, errorText } from '@naru/kernel/errors';

/** The key under which gRPC carries google.rpc.Status. */
export const DETAILS_KEY = 'grpc-status-details-bin';
const DOMAIN = 'naru';

/** One fault of a field, as a problem document names it. */
export interface FieldViolation {
  /** Path by JSON names: `limit.amount`. */
  readonly field: string;
  readonly code: string;
  readonly detail: string;
}

const GRPC_STATUS: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  405: status.UNIMPLEMENTED,
  409: status.FAILED_PRECONDITION,
  412: status.FAILED_PRECONDITION,
  413: status.RESOURCE_EXHAUSTED,
  422: status.INVALID_ARGUMENT,
  428: status.FAILED_PRECONDITION,
  429: status.RESOURCE_EXHAUSTED,
  500: status.INTERNAL,
  503: status.UNAVAILABLE,
  504: status.DEADLINE_EXCEEDED,
};

function text(value: unknown): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? value.map(text).join(', ') : String(value);
}

/** A refusal as gRPC carries it: its code in ErrorInfo.reason, its figures in the metadata, faults of fields in BadRequest. */
export function statusOf(refusal: Refusal, violations: readonly FieldViolation[] = []): Partial<ServiceError> {
  const code = GRPC_STATUS[definitionOf(refusal.code).status]!;
  const message = errorText(refusal.code, 'en', refusal.details);
  const info = ErrorInfo.fromPartial({
    reason: refusal.code,
    domain: DOMAIN,
    metadata: { ...Object.fromEntries(Object.entries(refusal.details).map(([key, value]) => [key, text(value)])), ...(refusal.why.length > 0 ? { why: refusal.why.join(',') } : {}) },
  });
  const details = [{ typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo', value: Buffer.from(ErrorInfo.encode(info).finish()) }];
  if (violations.length > 0) {
    const bad = BadRequest.fromPartial({ fieldViolations: violations.map((v) => ({ field: v.field, description: v.detail, reason: v.code })) });
    details.push({ typeUrl: 'type.googleapis.com/google.rpc.BadRequest', value: Buffer.from(BadRequest.encode(bad).finish()) });
  }
  const metadata = new Metadata();
  metadata.set(DETAILS_KEY, Buffer.from(Status.encode(Status.fromPartial({ code, message, details })).finish()));
  return { code, details: message, metadata };
}

/** A request whose fields break the rules of its contract. */
export class Malformed extends Refused {
  constructor(readonly violations: readonly FieldViolation[]) {
    super({ code: 'INVALID_ARGUMENT', details: {}, why: [] });
  }
}
