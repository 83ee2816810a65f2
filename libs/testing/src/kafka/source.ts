import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The image of which a container is made where a Docker engine has it; nothing is pulled. */
export const IMAGE = 'apache/kafka:4.1.1';

/** Where a Kafka for tests can be had on this machine. */
export type KafkaSource = { readonly kind: 'container' } | { readonly kind: 'jars' } | { readonly kind: 'none'; readonly why: string };

const runs = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

async function hasImage(): Promise<boolean> {
  if (!process.env['DOCKER_HOST'] && !existsSync('/var/run/docker.sock')) return false;
  const { ImageName, getContainerRuntimeClient } = await import('testcontainers');
  try {
    return await (await getContainerRuntimeClient()).image.exists(ImageName.fromString(IMAGE));
  } catch {
    return false; // a socket without an engine behind it
  }
}

let found: Promise<KafkaSource> | undefined;

/** Looks once: a Docker engine with the image, else Java and Maven. */
export function kafkaSource(): Promise<KafkaSource> {
  return (found ??= (async (): Promise<KafkaSource> => {
    if (await hasImage()) return { kind: 'container' };
    if (process.platform !== 'win32' && runs('java', '-version') && runs('mvn', '--version')) return { kind: 'jars' };
    return { kind: 'none', why: `no KAFKA_BROKERS, no Docker engine with ${IMAGE}, no Java with Maven` };
  })());
}
