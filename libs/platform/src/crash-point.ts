/**
 * Kills the process with SIGKILL at the n-th passage of a named point: `CRASH_AT=relay.published:3`.
 * The chaos tests rotate over the names, which are listed here so that none can be forgotten.
 */
export const CRASH_POINTS = ['command.before-commit', 'command.after-commit', 'turnstile.before-commit', 'turnstile.after-commit', 'relay.before-move', 'relay.published', 'consumer.before-effect', 'consumer.after-effect', 'settlement.before-commit', 'settlement.after-commit'] as const;

/** Those that only a relay to Kafka passes: rows are read but not sent, and sent but not deleted. */
export const KAFKA_CRASH_POINTS = ['relay.before-send', 'relay.sent'] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number] | (typeof KAFKA_CRASH_POINTS)[number];

const passages = new Map<CrashPoint, number>();

export function crashPoint(name: CrashPoint, crashAt: string | undefined): void {
  if (crashAt === undefined) return;
  const [wanted, nth = '1'] = crashAt.split(':');
  if (wanted !== name) return;
  const passage = (passages.get(name) ?? 0) + 1;
  passages.set(name, passage);
  if (passage === Number(nth)) process.kill(process.pid, 'SIGKILL');
}
