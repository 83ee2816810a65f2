import { writeFileSync } from 'node:fs';
import { accessPage, errorsPage } from './pages.js';

const docs = new URL('../../../docs/', import.meta.url);
writeFileSync(new URL('errors.md', docs), errorsPage());
writeFileSync(new URL('access.md', docs), accessPage());
