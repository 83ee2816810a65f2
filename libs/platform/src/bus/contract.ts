import { describe } from '@jest/globals';
import { deliveryContract } from './contract-delivery.js';
import { faultContract } from './contract-faults.js';
import { type BusAdapter, contractGround } from './contract-ground.js';

/** The promises of the bus, its relay and its consumers together, on a real PostgreSQL. Every adapter passes it. */
export function busContract(name: string, adapter: BusAdapter): void {
  describe(`the bus contract: ${name}`, () => {
    const on = contractGround(adapter);
    deliveryContract(on);
    faultContract(on);
  });
}
