import { runService } from '@naru/platform/run';
import { identity } from './identity.module.js';

await runService(identity);
