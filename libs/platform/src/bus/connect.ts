import { topicOf } from '@naru/contracts/registry';
import type { ServiceConfig } from '../config.js';
import type { Database } from '../database.js';
import type { RelayOptions } from '../relay.js';
import { EmbeddedBus } from './embedded.js';
import { EmbeddedReader } from './embedded-reader.js';
import { embeddedRelay } from './outbox-session.js';
import type { Bus } from './port.js';
import type { BusReader } from './reader.js';

/** The bus of one service, from its three sides. */
export interface ConnectedBus {
  readonly bus: Bus;
  /** How its relay reaches it. */
  readonly open: RelayOptions['open'];
  readonly reader: BusReader;
}

/** The bus that the configuration names. What belongs to Kafka is loaded where Kafka is used. */
export async function connectBus(service: string, database: Database, config: Pick<ServiceConfig, 'databaseUrl' | 'log' | 'crashAt' | 'kafka'>): Promise<ConnectedBus> {
  const { databaseUrl: url, log, crashAt, kafka } = config;
  if (kafka) {
    const [{ KafkaBus }, { KafkaReader }, { kafkaRelay }] = await Promise.all([import('./kafka/bus.js'), import('./kafka/reader.js'), import('./kafka/relay.js')]);
    const options = { ...kafka, service, log };
    return { bus: new KafkaBus({ ...options, database }), open: kafkaRelay({ ...options, url, topic: topicOf(service), crashAt }), reader: new KafkaReader(options) };
  }
  return {
    bus: new EmbeddedBus({ database, url, service, log }),
    open: embeddedRelay({ url, service, topic: topicOf(service) }),
    reader: new EmbeddedReader({ database, url, service, log }),
  };
}
