import { afterAll } from '@jest/globals';
import { applyTopics, dropTopics } from '@naru/platform/bus/kafka/apply-topics';
import { KafkaBus } from '@naru/platform/bus/kafka/bus';
import { kafkaRelay } from '@naru/platform/bus/kafka/relay';
import { busContract } from '@naru/platform/bus/contract';
import { describeOnKafka, testKafka } from './kafka.js';

await describeOnKafka('Kafka', () => {
  let brokers: readonly string[];
  let prefix: string;
  afterAll(() => dropTopics({ brokers, prefix, service: 'spec', log: () => {} }));
  busContract('Kafka', {
    async prepare(spec) {
      brokers = await testKafka();
      prefix = `${new URL(spec.url('auction')).pathname.slice(1)}.`;
      await applyTopics({ brokers, prefix, service: 'spec', log: () => {} });
    },
    bus: ({ database, service, log, shuffle }) => new KafkaBus({ brokers, prefix, database, service, log, shuffle }),
    open: ({ spec, service }) => kafkaRelay({ brokers, prefix, service, url: spec.url(service), topic: `naru.${service}.v1`, log: () => {} }),
  });
});
