import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PUBLISHERS, topicOf } from '@naru/contracts/registry';
import { dropTopics } from '@naru/platform/bus/kafka/apply-topics';
import { kafkaClient } from '@naru/platform/bus/kafka/client';
import { PARTITIONS, TOPICS } from '@naru/platform/bus/topics';
import { describeOnKafka, testKafka } from '@naru/testing/kafka/kafka';
import { applyDeclaredTopics, topicsText } from './topics.js';

describe('naru topics apply', () => {
  it('declares a topic for every publisher of the contracts', () => {
    expect(TOPICS.map(({ topic }) => topic)).toEqual(PUBLISHERS.map(topicOf));
  });

  it('asks which brokers, and refuses what is none', async () => {
    await expect(applyDeclaredTopics({}, {})).rejects.toThrow('which brokers?');
    await expect(applyDeclaredTopics({ brokers: 'somewhere' }, {})).rejects.toThrow('KAFKA_BROKERS must be host:port');
  });

  it('says what a topic with another number of partitions means', () => {
    const text = topicsText([{ topic: 'naru.auction.v1', partitions: 5, done: 'different', settings: {} }]);
    expect(text).toMatch(/^naru\.auction\.v1 +5 +different/m);
    expect(text).toContain('not changed in place');
  });
});

await describeOnKafka('naru topics apply, on a broker', () => {
  const prefix = `topics-spec-${process.pid}.`;
  let brokers: string;
  const apply = () => applyDeclaredTopics({ brokers, prefix }, {});
  const done = async (): Promise<readonly string[]> => (await apply()).map((topic) => topic.done);
  const options = () => ({ brokers: brokers.split(','), prefix, service: 'spec', log: () => {} });

  beforeAll(async () => {
    brokers = (await testKafka()).join(',');
  }, 120_000);
  afterAll(() => dropTopics(options()));

  it('makes what is missing, and nothing the second time', async () => {
    const first = await apply();
    expect(first.map(({ topic, partitions, done: what }) => [topic, partitions, what])).toEqual(TOPICS.map(({ topic }) => [prefix + topic, PARTITIONS, 'created']));
    expect(await done()).toEqual(TOPICS.map(() => 'unchanged'));
  });

  it('gives a setting back that somebody changed, and leaves a number of partitions alone', async () => {
    const admin = kafkaClient(options()).admin();
    await admin.connect();
    try {
      await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: `${prefix}naru.identity.v1`, configEntries: [{ name: 'retention.ms', value: '1000' }] }] });
      await admin.createPartitions({ topicPartitions: [{ topic: `${prefix}naru.auction.v1`, count: PARTITIONS + 1 }] });
    } finally {
      await admin.disconnect();
    }
    const again = new Map((await apply()).map((topic) => [topic.topic, topic]));
    expect(again.get(`${prefix}naru.identity.v1`)).toMatchObject({ done: 'altered', settings: { 'retention.ms': TOPICS[0]!.settings['retention.ms'] } });
    expect(again.get(`${prefix}naru.auction.v1`)).toMatchObject({ done: 'different', partitions: PARTITIONS + 1 });
    expect((await apply()).find(({ topic }) => topic === `${prefix}naru.identity.v1`)!.done).toBe('unchanged');
  });
});
