import { testKafka } from '@naru/testing/kafka/kafka';

/** The environment that puts a system under test on the bus of this run: `BUS=kafka npm test -- tests/`, and a Kafka of the run where none is given. */
export async function busEnvironment(): Promise<Readonly<Record<string, string>>> {
  if (process.env['BUS'] !== 'kafka') return {};
  return { BUS: 'kafka', KAFKA_BROKERS: (await testKafka()).join(',') };
}
