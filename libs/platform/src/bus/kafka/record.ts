import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { BusRecord, NewRecord } from '../port.js';

/** What the protobuf payload is, by CloudEvents. */
const CONTENT_TYPE = 'application/protobuf';

/** CloudEvents in Kafka's binary binding: attributes in headers `ce_…`, the payload as the value, the subject as the key. */
export function toMessage(record: NewRecord): Message {
  return {
    key: record.key,
    value: Buffer.from(record.payload.buffer, record.payload.byteOffset, record.payload.byteLength),
    timestamp: String(record.recordTime),
    headers: {
      'content-type': CONTENT_TYPE,
      ce_specversion: '1.0',
      ce_id: record.id,
      ce_type: record.type,
      ce_source: record.source,
      ce_subject: record.key,
      ce_time: new Date(record.time).toISOString(),
      ce_recordtime: new Date(record.recordTime).toISOString(),
      ...(record.traceparent ? { ce_traceparent: record.traceparent } : {}),
      ...(record.tracestate ? { ce_tracestate: record.tracestate } : {}),
    },
  };
}

function attribute(headers: IHeaders | undefined, name: string): string | undefined {
  const value = headers?.[`ce_${name}`];
  return Buffer.isBuffer(value) ? value.toString() : typeof value === 'string' ? value : undefined;
}

/** The event in a message; undefined for a message that lacks an attribute: nothing of ours wrote it. */
export function toRecord(topic: string, { headers, offset, value }: KafkaMessage): BusRecord | undefined {
  const [id, type, source, key, time, recordTime] = ['id', 'type', 'source', 'subject', 'time', 'recordtime'].map((name) => attribute(headers, name));
  if (!id || !type || !source || key === undefined || !time || !recordTime) return undefined;
  return {
    topic,
    offset: BigInt(offset) + 1n,
    id,
    type,
    source,
    key,
    payload: value ?? Buffer.alloc(0),
    time: Date.parse(time),
    recordTime: Date.parse(recordTime),
    traceparent: attribute(headers, 'traceparent'),
    tracestate: attribute(headers, 'tracestate'),
  };
}
