import { describe, expect, it } from '@jest/globals';
import { COLUMNS } from '../text/plain-table.js';
import { widthOf } from '../text/width.js';
import { accountList, accountsShell, accountsText } from './accounts.js';

const ID = '01a21115-44da-7151-99de-908a75ed869b';
const SECRET = 'bh3R6_yuR6w9cvu4MHMVYhCZRehIlvNdNToPDv6v43k';
const party = (name: string, ...roles: string[]) => ({ name, roles, clientId: ID, clientSecret: SECRET });

const list = accountList(
  {
    organizations: {
      corp: party('나루청과 도매시장법인', 'market-operator'),
      b02: { ...party('첫새벽 상회', 'bidder'), clientId: 'second-bidder' },
      b01: { ...party('한발앞 유통', 'bidder'), clientId: 'first-bidder' },
      f01: party('푸른물마루 수산', 'consignor'),
      centre: party('나루물류센터 운영', 'centre-operator'),
      c01: party(`새벽길 운송 ${'먼 길 '.repeat(30)}`, 'carrier'),
    },
    users: { 'market.operator': { name: 'Market operator', password: 'pass', organization: 'corp', roles: ['market-operator'] } },
  },
  { url: 'http://localhost:7700', database: 'market_day' },
  `operator's secret`,
);

describe('naru accounts', () => {
  it('lists the operator first, then the organizations by key, each with its client and secret', () => {
    expect(list.organizations.map(({ key }) => key)).toEqual(['operator', 'b01', 'b02', 'c01', 'centre', 'corp', 'f01']);
    const text = accountsText(list);
    expect(text).toContain(`corp      market-operator    나루청과 도매시장법인\n          ${ID} ${SECRET}`);
    expect(text).toContain('market.operator  password pass  (Market operator, market-operator of corp)');
    expect(Math.max(...text.split('\n').map(widthOf))).toBeLessThanOrEqual(COLUMNS);
  });

  it('gives a shell the address and a client for each part of the tour', () => {
    const lines = accountsShell(list).split('\n');
    expect(lines).toEqual([
      'export NARU=http://localhost:7700',
      `export MARKET_ID=${ID} MARKET_SECRET=${SECRET}`,
      `export CENTRE_ID=${ID} CENTRE_SECRET=${SECRET}`,
      `export CARRIER_ID=${ID} CARRIER_SECRET=${SECRET}`,
      `export FARM_ID=${ID} FARM_SECRET=${SECRET}`,
      `export BIDDER_ID=first-bidder BIDDER_SECRET=${SECRET}`,
      `export RIVAL_ID=second-bidder RIVAL_SECRET=${SECRET}`,
      `export OPERATOR_ID=naru-operator OPERATOR_SECRET='operator'\\''s secret'`,
    ]);
  });

  it('has the operator alone where no day was played', () => {
    const empty = accountList({ organizations: {}, users: {} }, { url: 'http://localhost:7700', database: 'naru' }, 'secret');
    expect(accountsShell(empty)).toBe('export NARU=http://localhost:7700\nexport OPERATOR_ID=naru-operator OPERATOR_SECRET=secret');
    expect(accountsText(empty)).not.toContain('People');
  });
});
