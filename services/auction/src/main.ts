import { runService } from '@naru/platform/run';
import { auction } from './auction.module.js';

await runService(auction);
