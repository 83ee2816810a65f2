import { runService } from '@naru/platform/service';
import { warehousing } from './warehousing.module.js';

await runService(warehousing);
