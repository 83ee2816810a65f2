import { runService } from '@naru/platform/run';
import { warehousing } from './warehousing.module.js';

await runService(warehousing);
