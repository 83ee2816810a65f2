import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@naru/platform/service';
import { AppointmentController } from './appointment/appointment.controller.js';
import { AppointmentStore } from './appointment/appointment.store.js';
import { NoShowTimer } from './appointment/no-show.timer.js';
import { CentreController } from './centre/centre.controller.js';
import { CentreStore } from './centre/centre.store.js';
import { ItemController } from './item/item.controller.js';
import { ItemStore } from './item/item.store.js';
import { NoticeController } from './notice/notice.controller.js';
import { NoticeReceiving } from './notice/notice-receiving.shell.js';
import { NoticeStore } from './notice/notice.store.js';
import { OwnershipController } from './ownership/ownership.controller.js';
import { Ownership } from './ownership/ownership.shell.js';
import { OwnershipStore } from './ownership/ownership.store.js';
import { BatchStore } from './receipt/batch.store.js';
import { ConsignmentStore } from './receipt/consignment.store.js';
import { PlaceStore } from './receipt/place.store.js';
import { ReceiptController } from './receipt/receipt.controller.js';
import { ReceiptStore } from './receipt/receipt.store.js';
import { PuttingAway } from './receipt/putting-away.shell.js';
import { Recording } from './receipt/recording.shell.js';
import { Receiving } from './receipt/receiving.shell.js';
import { StockController } from './stock/stock.controller.js';
import { StockStore } from './stock/stock.store.js';

@Module({
  controllers: [CentreController, ItemController, AppointmentController, ReceiptController, NoticeController, OwnershipController, StockController],
  providers: [CentreStore, ItemStore, AppointmentStore, NoShowTimer, ConsignmentStore, ReceiptStore, PlaceStore, BatchStore, Recording, Receiving, PuttingAway, NoticeStore, NoticeReceiving, OwnershipStore, Ownership, StockStore],
})
export class WarehousingModule {}

export const warehousing: ServiceDefinition = { name: 'warehousing', module: WarehousingModule, migrations: new URL('../migrations/', import.meta.url) };
