import { describe, expect, it } from '@jest/globals';
import { PageTokens, pageSize } from './page-tokens.js';

const pages = new PageTokens('key');
const rows = ['a', 'b', 'c'];
const token = pages.cut(rows, 2, 'lots', 'one', (row) => row).nextPageToken;

describe('PageTokens', () => {
  it('lead from a page to the next', () => expect(pages.open(token, 'lots', 'one')).toBe('b'));
  it('are empty at the end', () => expect(pages.cut(rows, 3, 'lots', 'one', (row) => row)).toEqual({ items: rows, nextPageToken: '' }));
  it('lead through a list page by page', async () => {
    const read = async (after: string | undefined, limit: number): Promise<string[]> => rows.filter((row) => row > (after ?? '')).slice(0, limit);
    const page = (pageToken: string) => pages.page({ pageSize: 2, pageToken }, 'lots', 'one', read, (row) => row);
    const first = await page('');
    expect(first.items).toEqual(['a', 'b']);
    expect(await page(first.nextPageToken)).toEqual({ items: ['c'], nextPageToken: '' });
  });
  it.each([
    ['another list', token, 'bids', 'one'],
    ['another organization', token, 'lots', 'two'],
    ['a changed token', `x${token.slice(1)}`, 'lots', 'one'],
    ['rubbish', 'rubbish', 'lots', 'one'],
  ])('are refused for %s', (_, given, list, organization) => expect(() => pages.open(given, list, organization)).toThrow('PAGE_TOKEN_INVALID'));
  it('have 50 rows when nothing is asked, and 500 at most', () => {
    expect(pageSize(0)).toBe(50);
    expect(pageSize(9999)).toBe(500);
  });
});
