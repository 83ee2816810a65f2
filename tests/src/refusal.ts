import { ApiProblem, type Problem } from '@naru/tools/api/client';

/** The problem document with which a call is refused; throws when it is not. */
export async function problemOf(call: Promise<unknown>): Promise<Problem> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof ApiProblem) return error.problem;
    throw error;
  }
  throw new Error(`the call was not refused: ${JSON.stringify(answer)}`);
}
