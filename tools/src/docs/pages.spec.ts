import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { accessPage, errorsPage } from './pages.js';

const page = (name: string): string => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

describe('the generated pages are those in docs', () => {
  it('errors.md', () => expect(page('errors.md')).toBe(errorsPage()));
  it('access.md: who may call what is as reviewed', () => expect(page('access.md')).toBe(accessPage()));
});
