import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@naru/platform/service';
import { BidderController } from './bidder/bidder.controller.js';
import { ConsignmentController } from './consignment/consignment.controller.js';
import { ReceivingController } from './consignment/receiving.controller.js';
import { Registration } from './consignment/registration.shell.js';
import { FeesController } from './fees/fees.controller.js';
import { InvoiceController } from './invoice/invoice.controller.js';
import { OverdueTimer } from './invoice/overdue.timer.js';
import { MarketDayController } from './ledger/market-day.controller.js';
import { HammerTurnstile } from './lot/hammer.turnstile.js';
import { LotController } from './lot/lot.controller.js';
import { LotTurnstile } from './lot/lot.turnstile.js';
import { MarketController } from './market/market.controller.js';
import { MarketStore } from './market/market.store.js';
import { PayoutController } from './payout/payout.controller.js';
import { PartyController } from './print/party.controller.js';
import { Closer } from './session/closer.timer.js';
import { SessionController } from './session/session.controller.js';
import { Corrections } from './settlement/correction.shell.js';
import { NoteController } from './settlement/note.controller.js';
import { Settling } from './settlement/settling.shell.js';
import { SettlingTimer } from './settlement/settling.timer.js';
import { SlipController } from './slip/slip.controller.js';

@Module({
  controllers: [
    ...[MarketController, FeesController, BidderController, ConsignmentController, ReceivingController, LotController, SessionController],
    ...[SlipController, NoteController, InvoiceController, PayoutController, MarketDayController, PartyController],
  ],
  providers: [MarketStore, Registration, LotTurnstile, HammerTurnstile, Closer, Settling, SettlingTimer, OverdueTimer, Corrections],
})
export class AuctionModule {}

/** Markets, bidders, consignments, sessions, lots and bids; slips, notes, invoices, and the money between their parties. */
export const auction: ServiceDefinition = { name: 'auction', module: AuctionModule, migrations: new URL('../migrations/', import.meta.url) };
