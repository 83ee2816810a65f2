// What the public API says of the day: everything that the check needs, in one object that can be kept as JSON.

/** Asks as the organizations of the day, each with its own client. */
export async function ask(url, accounts, day) {
  const api = new Map(await Promise.all(Object.entries(accounts).map(async ([key, account]) => [key, await clientOf(url, account)])));
  const organizations = {};
  for (const [key, get] of api) organizations[(await get('/v1/me')).organizationId] = key;
  const centre = api.get('centre');
  const corporation = api.get('corp');
  const items = [];
  for (const key of ['centre', 'shop']) items.push(...(await all(api.get(key), '/v1/items', 'items')));
  const [market] = await all(corporation, '/v1/markets', 'markets');
  const path = `/v1/markets/${market.marketId}`;
  return {
    organizations,
    items: Object.fromEntries(items.map(({ itemId, code }) => [itemId, code])),
    balances: await all(centre, '/v1/stock', 'balances'),
    market,
    fees: await corporation(`${path}/fees?businessDay=${day}`),
    notes: await all(corporation, '/v1/settlement-notes', 'notes'),
    invoices: await all(corporation, '/v1/invoices', 'invoices'),
    payouts: await all(corporation, '/v1/payouts', 'payouts'),
    postings: await all(corporation, `${path}/postings`, 'postings'),
    day: await corporation(`${path}/days/${day}`),
  };
}

async function clientOf(url, { clientId, clientSecret }) {
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  const answer = await fetch(`${url}/oidc/token`, { method: 'POST', headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' }, body: 'grant_type=client_credentials' });
  if (!answer.ok) throw new Error(`no token for ${clientId}: ${answer.status}`);
  const { access_token: token } = await answer.json();
  return async (path) => {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
}

/** Every page of a list. */
async function all(get, path, name) {
  const entries = [];
  for (let token = ''; ; ) {
    const page = await get(`${path}${path.includes('?') ? '&' : '?'}pageSize=500&pageToken=${encodeURIComponent(token)}`);
    entries.push(...(page[name] ?? []));
    token = page.nextPageToken ?? '';
    if (token === '') return entries;
  }
}
