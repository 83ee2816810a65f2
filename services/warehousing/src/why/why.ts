/** What is known of a fact: the words that its text is made of. */
export type Details = Readonly<Record<string, string | number>>;

interface Text {
  readonly en: string;
  readonly ko: string;
}

/** The texts of what becomes of orders, promises and stock, by kind. */
const TEXTS = {
  received: { en: 'The order {reference} came with {lines} lines, {ordered} units.', ko: '주문 {reference} 접수: {lines}건, 수량 {ordered}.' },
  reserved: { en: '{reserved} of {ordered} were promised from {centres} ({reason}).', ko: '{ordered} 중 {reserved}이(가) {centres}에서 예약됨 ({reason}).' },
  backordered: { en: '{count} could not be promised: not enough was free.', ko: '{count}은(는) 가용 재고 부족으로 예약되지 않음.' },
  promised_again: { en: '{count} that had waited were promised from batch {batch} ({reservation}).', ko: '대기 중이던 {count}이(가) 배치 {batch}에서 예약됨 ({reservation}).' },
  displaced: { en: '{count} lost their promise: {reason}.', ko: '{count}의 예약이 해제됨: {reason}.' },
  cancelled: { en: '{count} were cancelled.', ko: '{count} 취소됨.' },
  goods_received: { en: 'Receipt {code}: {counted} counted of {expected} expected ({findings}).', ko: '입고 {code}: 예정 {expected} 중 {counted} 확인 ({findings}).' },
  stock_held: { en: 'Batch {batch} was held: {reason}.', ko: '배치 {batch} 보류: {reason}.' },
  written_off: { en: '{count} of batch {batch} were written off: {reason}.', ko: '배치 {batch}의 {count} 손실 처리: {reason}.' },
  promised_to_others: { en: 'Order {code} was promised {count}.', ko: '주문 {code}에 {count} 예약됨.' },
  hold_made: { en: 'The hold {code} took {asked} of batch {batch}.', ko: '예약 {code}: 배치 {batch}에서 {asked}.' },
  hold_ended: { en: 'It ended: {reason}.', ko: '종료: {reason}.' },
} as const satisfies Record<string, Text>;

export type WhyKind = keyof typeof TEXTS;

/** A fact in words. */
export function textOf(kind: WhyKind, language: keyof Text, details: Details): string {
  return TEXTS[kind][language].replace(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
}
