import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@naru/platform/service';
import { AppointmentController } from './appointment/appointment.controller.js';
import { AppointmentStore } from './appointment/appointment.store.js';
import { NoShowTimer } from './appointment/no-show.timer.js';
import { CentreController } from './centre/centre.controller.js';
import { CentreStore } from './centre/centre.store.js';
import { ItemController } from './item/item.controller.js';
import { ItemStore } from './item/item.store.js';
import { NetworkController } from './network/network.controller.js';
import { NetworkStore } from './network/network.store.js';
import { NoticeReceiving } from './notice/notice-receiving.shell.js';
import { NoticeController } from './notice/notice.controller.js';
import { NoticeStore } from './notice/notice.store.js';
import { BackorderController } from './order/backorder.controller.js';
import { CancellationStore } from './order/cancellation.store.js';
import { Cancelling } from './order/cancelling.shell.js';
import { FactStore } from './order/fact.store.js';
import { OrderController } from './order/order.controller.js';
import { OrderStore } from './order/order.store.js';
import { Placing } from './order/placing.shell.js';
import { FloorStore } from './outward/floor.store.js';
import { OwnershipController } from './ownership/ownership.controller.js';
import { Ownership } from './ownership/ownership.shell.js';
import { OwnershipStore } from './ownership/ownership.store.js';
import { BoxTypeController } from './packing/box-type.controller.js';
import { BoxTypeStore } from './packing/box-type.store.js';
import { Packing } from './parcel/packing.shell.js';
import { ParcelController } from './parcel/parcel.controller.js';
import { ParcelStore } from './parcel/parcel.store.js';
import { Staging } from './parcel/staging.shell.js';
import { TraceStore } from './parcel/trace.store.js';
import { BatchStore } from './receipt/batch.store.js';
import { ConsignmentStore } from './receipt/consignment.store.js';
import { PlaceStore } from './receipt/place.store.js';
import { PuttingAway } from './receipt/putting-away.shell.js';
import { ReceiptController } from './receipt/receipt.controller.js';
import { ReceiptStore } from './receipt/receipt.store.js';
import { Receiving } from './receipt/receiving.shell.js';
import { Recording } from './receipt/recording.shell.js';
import { Displacing } from './reservation/displacing.shell.js';
import { ExpiryTimer } from './reservation/expiry.timer.js';
import { Promising } from './reservation/promising.shell.js';
import { ReservationController } from './reservation/reservation.controller.js';
import { ReservationStore } from './reservation/reservation.store.js';
import { ReservationTurnstile } from './reservation/reservation.turnstile.js';
import { Holding } from './stock/holding.shell.js';
import { HoldingStore } from './stock/holding.store.js';
import { StockController } from './stock/stock.controller.js';
import { StockStore } from './stock/stock.store.js';
import { PickTaskStore } from './wave/pick-task.store.js';
import { Picking } from './wave/picking.shell.js';
import { Releasing } from './wave/releasing.shell.js';
import { ReservationPickStore } from './wave/reservation-pick.store.js';
import { WaveController } from './wave/wave.controller.js';
import { WaveStore } from './wave/wave.store.js';
import { Explaining } from './why/explaining.shell.js';
import { WhyController } from './why/why.controller.js';
import { WhyStore } from './why/why.store.js';

@Module({
  controllers: [
    CentreController, ItemController, AppointmentController, ReceiptController, NoticeController, OwnershipController, StockController,
    NetworkController, ReservationController, OrderController, BackorderController, WhyController, BoxTypeController, WaveController, ParcelController,
  ],
  providers: [
    CentreStore, ItemStore, AppointmentStore, NoShowTimer, ConsignmentStore, ReceiptStore, PlaceStore, BatchStore, Recording, Receiving, PuttingAway,
    NoticeStore, NoticeReceiving, OwnershipStore, Ownership, HoldingStore, Holding, StockStore, NetworkStore, ReservationStore, FactStore, OrderStore,
    CancellationStore, Promising, Displacing, ExpiryTimer, ReservationTurnstile, Placing, Cancelling, WhyStore, Explaining, FloorStore, BoxTypeStore, WaveStore,
    PickTaskStore, ReservationPickStore, Releasing, Picking, ParcelStore, TraceStore, Packing, Staging,
  ],
})
export class WarehousingModule {}

export const warehousing: ServiceDefinition = { name: 'warehousing', module: WarehousingModule, migrations: new URL('../migrations/', import.meta.url) };
