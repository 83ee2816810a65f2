import { Refused } from '@naru/kernel/decision';

/** The code with which `work` was refused in this process; undefined when it was not. */
export async function refusalCodeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code;
    throw error;
  }
}
