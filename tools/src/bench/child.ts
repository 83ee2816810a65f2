import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of a measurement: it tells when it is ready, and answers what it is asked. */
export interface Child {
  readonly pid: number;
  /** What it told when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  ask<Answer>(question: string, details?: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

interface Answer {
  readonly answer?: unknown;
  readonly error?: string;
}

/** Starts the module `file` beside this one, with `options`. */
export async function startChild(file: string, options: unknown): Promise<Child> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const answer = answerOf(child, file);
  child.send({ options });
  const ready = (await answer) as Record<string, unknown>;
  return {
    pid: child.pid!,
    ready,
    async ask<T>(question: string, details?: unknown): Promise<T> {
      const answer = answerOf(child, file);
      child.send({ question, details });
      return (await answer) as T;
    },
    async stop() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
    },
  };
}

function answerOf(child: ChildProcess, file: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const over = (code: number | null): void => reject(new Error(`${file} ended with ${code}`));
    child.once('exit', over);
    child.once('message', ({ answer, error }: Answer) => {
      child.off('exit', over);
      if (error === undefined) resolve(answer);
      else reject(new Error(`${file}: ${error}`));
    });
  });
}

/** The other side: starts what the process holds, tells that it is ready, and answers until the parent lets go. */
export async function runChild<Options>(
  start: (options: Options) => Promise<{ ready: Readonly<Record<string, unknown>>; answers: Readonly<Record<string, (details: never) => unknown>>; stop: () => Promise<void> }>,
): Promise<void> {
  const send = (message: Answer): void => void process.send!(message);
  const [{ options }] = (await once(process, 'message')) as [{ options: Options }];
  const { ready, answers, stop } = await start(options);
  process.on('message', ({ question, details }: { question: string; details: never }) => {
    Promise.resolve()
      .then(() => answers[question]!(details))
      .then((answer) => send({ answer }))
      .catch((error: unknown) => send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }));
  });
  process.once('disconnect', () => void stop().finally(() => process.exit(0)));
  send({ answer: ready });
}
