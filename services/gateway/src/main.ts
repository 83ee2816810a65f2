import { runService } from '@naru/platform/run';
import { gateway } from './gateway.module.js';

await runService(gateway);
