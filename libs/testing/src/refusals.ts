import { ErrorInfo } from '@naru/contracts/gen/google/rpc/error_details';
import { Status } from '@naru/contracts/gen/google/rpc/status';
import type { ServiceError } from '@grpc/grpc-js';

const DETAILS_KEY = 'grpc-status-details-bin';

/** The stable code that a failed gRPC call carries; the gRPC status in words where it carries none. */
export function codeOf(error: unknown): string {
  const [bytes] = (error as ServiceError).metadata?.get(DETAILS_KEY) ?? [];
  if (!Buffer.isBuffer(bytes)) return (error as Error).message;
  const info = Status.decode(bytes).details.find((detail) => detail.typeUrl.endsWith('ErrorInfo'));
  return info ? ErrorInfo.decode(info.value).reason : '';
}

/** The code with which a call is refused; throws when it is not. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return codeOf(error);
  }
  throw new Error('the call was not refused');
}
