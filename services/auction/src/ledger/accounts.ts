/** An account of a corporation's books, kept per market. */
export interface AccountDefinition {
  readonly kind: 'asset' | 'liability' | 'income' | 'expense';
  /** Whose account it is, where it is kept per party. */
  readonly party: 'buyer' | 'consignor' | undefined;
  readonly en: string;
  readonly ko: string;
}

/** The chart of accounts. A debit is positive, a credit negative, in minor units. */
export const ACCOUNTS = {
  'buyer-receivable': { kind: 'asset', party: 'buyer', en: 'Receivable from buyers', ko: '매수인 미수금' },
  'consignor-payable': { kind: 'liability', party: 'consignor', en: 'Payable to consignors', ko: '출하자 미지급금' },
  advances: { kind: 'asset', party: 'consignor', en: 'Advances to consignors', ko: '출하자 선급금' },
  bank: { kind: 'asset', party: undefined, en: 'Bank', ko: '보통예금' },
  'commission-income': { kind: 'income', party: undefined, en: 'Consignment commission', ko: '위탁수수료 수익' },
  'handling-payable': { kind: 'liability', party: undefined, en: 'Payable for handling', ko: '하역비 미지급금' },
  'handling-expense': { kind: 'expense', party: undefined, en: 'Handling of standard-packed goods', ko: '표준하역비' },
  'market-use-payable': { kind: 'liability', party: undefined, en: 'Market-use fee payable to the opener', ko: '시장사용료 미지급금' },
  'market-use-expense': { kind: 'expense', party: undefined, en: 'Market-use fee', ko: '시장사용료' },
  'settlement-payable': { kind: 'liability', party: undefined, en: 'Settlement fee payable', ko: '정산수수료 미지급금' },
  'settlement-expense': { kind: 'expense', party: undefined, en: 'Settlement fee', ko: '정산수수료' },
  'sales-incentive-expense': { kind: 'expense', party: undefined, en: 'Sales incentive', ko: '판매장려금' },
  'shipping-incentive-expense': { kind: 'expense', party: undefined, en: 'Shipping incentive', ko: '출하장려금' },
  'bad-debt-expense': { kind: 'expense', party: undefined, en: 'Bad debts', ko: '대손상각비' },
} as const satisfies Record<string, AccountDefinition>;

export type Account = keyof typeof ACCOUNTS;
