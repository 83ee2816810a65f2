import { runService } from '@naru/platform/service';
import { auction } from './auction.module.js';

await runService(auction);
