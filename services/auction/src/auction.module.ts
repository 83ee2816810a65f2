import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@naru/platform/service';
import { BidderController } from './bidder/bidder.controller.js';
import { ConsignmentController } from './consignment/consignment.controller.js';
import { ReceivingController } from './consignment/receiving.controller.js';
import { Registration } from './consignment/registration.shell.js';
import { LotController } from './lot/lot.controller.js';
import { LotTurnstile } from './lot/lot.turnstile.js';
import { MarketController } from './market/market.controller.js';
import { MarketStore } from './market/market.store.js';
import { Closer } from './session/closer.timer.js';
import { SessionController } from './session/session.controller.js';

@Module({
  controllers: [MarketController, BidderController, ConsignmentController, ReceivingController, LotController, SessionController],
  providers: [MarketStore, Registration, LotTurnstile, Closer],
})
export class AuctionModule {}

/** Markets, bidders, consignments, sessions, lots and bids. */
export const auction: ServiceDefinition = { name: 'auction', module: AuctionModule, migrations: new URL('../migrations/', import.meta.url) };
