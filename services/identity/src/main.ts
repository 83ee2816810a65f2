import { runService } from '@naru/platform/service';
import { identity } from './identity.module.js';

await runService(identity);
