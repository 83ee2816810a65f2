import { runService } from '@naru/platform/run';
import { startEdge } from './edge.js';
import { gateway } from './gateway.module.js';

await runService(gateway, startEdge);
