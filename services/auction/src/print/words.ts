import { ChargeKind, Payer } from '@naru/contracts/gen/naru/auction/v1/charge';
import type { Language } from './language.js';

type Words = Readonly<Record<Language, string>>;

/** Every word of the printed documents. */
export const WORDS = {
  slip: { ko: '판매원표', en: 'Sale slip' },
  note: { ko: '정산서', en: 'Settlement note' },
  invoice: { ko: '대금청구서', en: 'Invoice' },
  number: { ko: '문서번호', en: 'Number' },
  businessDay: { ko: '거래일', en: 'Business day' },
  issued: { ko: '발행일시', en: 'Issued' },
  payoutDue: { ko: '송금 기한', en: 'Payout due' },
  due: { ko: '납부 기한', en: 'Payable until' },
  market: { ko: '시장', en: 'Market' },
  corporation: { ko: '도매시장법인', en: 'Wholesale corporation' },
  consignor: { ko: '출하자', en: 'Consignor' },
  buyer: { ko: '매수인', en: 'Buyer' },
  lot: { ko: '물건번호', en: 'Lot' },
  method: { ko: '매매방법', en: 'Method of sale' },
  auction: { ko: '경매(위탁)', en: 'Auction on consignment' },
  line: { ko: '순번', en: 'No.' },
  slipNumber: { ko: '원표', en: 'Slip' },
  item: { ko: '품목·품종', en: 'Item, variety' },
  grade: { ko: '등급', en: 'Grade' },
  origin: { ko: '산지', en: 'Origin' },
  unit: { ko: '단위', en: 'Unit' },
  quantity: { ko: '수량', en: 'Quantity' },
  price: { ko: '단가', en: 'Unit price' },
  amount: { ko: '금액', en: 'Amount' },
  charge: { ko: '비용 항목', en: 'Charge' },
  payer: { ko: '부담자', en: 'Borne by' },
  effect: { ko: '정산 반영', en: 'Effect' },
  deducted: { ko: '공제', en: 'deducted' },
  granted: { ko: '지급', en: 'granted' },
  noEffect: { ko: '공제 안 함', en: 'not deducted' },
  charges: { ko: '공제 및 장려금', en: 'Charges and grants' },
  goods: { ko: '판매 내역', en: 'Goods sold' },
  gross: { ko: '판매금액 합계', en: 'Total of the goods' },
  grants: { ko: '장려금', en: 'Grants' },
  deductions: { ko: '공제액 합계', en: 'Deductions' },
  net: { ko: '실수령액', en: 'Net to the consignor' },
  total: { ko: '청구금액', en: 'Total payable' },
  corrects: { ko: '정정 문서', en: 'Correction' },
  reason: { ko: '정정 사유', en: 'Reason' },
  correction: { ko: '이 문서는 앞서 발행한 문서를 정정하여 새로 발행한 것입니다.', en: 'This document was issued in place of an earlier one.' },
  replaced: { ko: '이 문서는 정정되어 효력이 없습니다.', en: 'This document has been corrected and no longer holds.' },
  none: { ko: '해당 사항 없음', en: 'None' },
  page: { ko: '쪽', en: 'Page' },
  slipBasis: { ko: '농수산물 유통 및 가격안정에 관한 법률 시행규칙 제37조의3에 따라 일련번호를 부여하여 발행함.', en: 'Issued with a serial number under Article 37-3 of the Enforcement Rule of the Act on Distribution and Price Stabilization of Agricultural and Fishery Products (Korea).' },
  noteBasis: { ko: '농수산물 유통 및 가격안정에 관한 법률 제41조·제42조 및 시행규칙 제38조·제39조에 따름.', en: 'Issued under Articles 41 and 42 of the Act on Distribution and Price Stabilization of Agricultural and Fishery Products (Korea) and Articles 38 and 39 of its Enforcement Rule.' },
  invoiceBasis: { ko: '농수산물 유통 및 가격안정에 관한 법률 제41조에 따른 대금 청구.', en: 'Claim for the price under Article 41 of the Act on Distribution and Price Stabilization of Agricultural and Fishery Products (Korea).' },
} as const satisfies Record<string, Words>;

export type Word = keyof typeof WORDS;

export const CHARGES: Readonly<Record<ChargeKind, Words>> = {
  [ChargeKind.UNSPECIFIED]: { ko: '기타', en: 'Other' },
  [ChargeKind.COMMISSION]: { ko: '위탁수수료(정률)', en: 'Consignment commission, by rate' },
  [ChargeKind.COMMISSION_FLAT]: { ko: '위탁수수료(정액)', en: 'Consignment commission, flat' },
  [ChargeKind.HANDLING]: { ko: '하역비', en: 'Handling' },
  [ChargeKind.ADVANCE]: { ko: '운송비 등 선급금', en: 'Freight and other advances' },
  [ChargeKind.MARKET_USE]: { ko: '시장사용료', en: 'Market-use fee' },
  [ChargeKind.SETTLEMENT]: { ko: '정산수수료', en: 'Settlement fee' },
  [ChargeKind.SALES_INCENTIVE]: { ko: '판매장려금', en: 'Sales incentive' },
  [ChargeKind.SHIPPING_INCENTIVE]: { ko: '출하장려금', en: 'Shipping incentive' },
};

export const PAYERS: Readonly<Record<Payer, Words>> = {
  [Payer.UNSPECIFIED]: { ko: '', en: '' },
  [Payer.CONSIGNOR]: { ko: '출하자', en: 'Consignor' },
  [Payer.CORPORATION]: { ko: '도매시장법인', en: 'Corporation' },
};
