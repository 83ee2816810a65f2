import type { ApiClient } from '../../api/client.js';

const PAGE = 500;

/** All entries of a list of the API, page by page. `path` may have a query. */
export async function allOf<T>(api: Pick<ApiClient, 'get'>, path: string, name: string): Promise<readonly T[]> {
  const entries: T[] = [];
  for (let token = ''; ; ) {
    const page = await api.get<Record<string, unknown>>(`${path}${path.includes('?') ? '&' : '?'}pageSize=${PAGE}&pageToken=${encodeURIComponent(token)}`);
    entries.push(...((page[name] ?? []) as T[]));
    token = (page['nextPageToken'] as string | undefined) ?? '';
    if (token === '') return entries;
  }
}
