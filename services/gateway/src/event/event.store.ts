import { Injectable } from '@nestjs/common';
import { BusReader, type LoggedRecord, type Positions } from '@naru/platform/bus/reader';
import { merged } from './merge.js';

/** Records of one partition in one read. */
const LIMIT = 200;

/** Reads every topic of the bus in one order. */
@Injectable()
export class EventStore {
  constructor(private readonly reader: BusReader) {}

  /** Where every topic ends now. */
  heads(): Promise<Positions> {
    return this.reader.heads();
  }

  /** The next events after `positions`, in order; empty when there is none. */
  async after(positions: Positions): Promise<readonly LoggedRecord[]> {
    return merged(await this.reader.after(positions, LIMIT));
  }
}
