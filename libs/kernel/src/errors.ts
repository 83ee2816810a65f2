/** One row of the table of errors. */
export interface ErrorDefinition {
  /** HTTP status of the problem document (conventions.md, Status). */
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 422 | 428 | 429 | 500 | 503 | 504;
  /** What happened and what to do, in English. `{name}` is replaced by the detail of that name. */
  readonly en: string;
  /** The same in Korean. */
  readonly ko: string;
  /** The same command may succeed later, so the refusal is not kept as the answer to its key. */
  readonly transient?: true;
}

/** Every stable code. A code never changes its meaning; docs/errors.md is generated from here. */
export const ERRORS = {
  // Shape
  INVALID_ARGUMENT: { status: 400, en: 'The request is not well formed. See errors[] for the fields.', ko: '요청 형식이 올바르지 않습니다. errors[]의 필드를 확인하십시오.' },
  PAGE_TOKEN_INVALID: { status: 400, en: 'The page token is not valid for this list. Start again without it.', ko: '페이지 토큰이 이 목록에 맞지 않습니다. 토큰 없이 다시 시작하십시오.' },
  IDEMPOTENCY_KEY_MISSING: { status: 400, en: 'This call needs an Idempotency-Key header of 1 to 64 printable characters.', ko: '이 호출에는 1~64자의 Idempotency-Key 헤더가 필요합니다.' },
  // Who may
  UNAUTHENTICATED: { status: 401, en: 'A valid access token is needed. Get one at the token endpoint of /oidc.', ko: '유효한 접근 토큰이 필요합니다. /oidc의 토큰 엔드포인트에서 발급받으십시오.' },
  PERMISSION_DENIED: { status: 403, en: 'Your roles do not include the permission {permission}.', ko: '귀하의 역할에는 {permission} 권한이 없습니다.' },
  // Unknown, and another's id
  NOT_FOUND: { status: 404, en: 'There is nothing here under that id, or it is not yours to see.', ko: '해당 식별자의 자원이 없거나 볼 권한이 없습니다.' },
  METHOD_NOT_ALLOWED: { status: 405, en: 'This path does not take that method. See the Allow header.', ko: '이 경로는 해당 메서드를 받지 않습니다. Allow 헤더를 확인하십시오.' },
  // The state forbids
  ALREADY_EXISTS: { status: 409, en: 'It exists already: {what}.', ko: '이미 존재합니다: {what}.' },
  IDEMPOTENCY_KEY_IN_FLIGHT: { status: 409, transient: true, en: 'A call with this Idempotency-Key is still running. Try again shortly.', ko: '같은 Idempotency-Key의 호출이 처리 중입니다. 잠시 후 다시 시도하십시오.' },
  ABORTED: { status: 409, transient: true, en: 'The call met another one on the same rows. Try again with the same key.', ko: '같은 자료에 대한 다른 호출과 충돌했습니다. 같은 키로 다시 시도하십시오.' },
  PAYLOAD_TOO_LARGE: { status: 413, en: 'The body is larger than {limit} bytes.', ko: '본문이 {limit}바이트를 넘습니다.' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, transient: true, en: 'This Idempotency-Key was used with another body. Use a new key for a new command.', ko: '이 Idempotency-Key는 다른 본문으로 이미 사용되었습니다. 새 명령에는 새 키를 쓰십시오.' },
  // Limits and outages
  QUEUE_FULL: { status: 429, en: 'Too many commands wait for this resource. Try again shortly.', ko: '이 자원에 대기 중인 명령이 너무 많습니다. 잠시 후 다시 시도하십시오.' },
  RATE_LIMITED: { status: 429, en: 'Too many calls. Wait for Retry-After seconds.', ko: '호출이 너무 많습니다. Retry-After 초 후에 다시 시도하십시오.' },
  INTERNAL: { status: 500, en: 'Something failed on our side; it is recorded under the trace id.', ko: '서버 내부 오류가 발생했으며 추적 번호로 기록되었습니다.' },
  UNAVAILABLE: { status: 503, en: 'The service cannot answer now. Try again shortly.', ko: '지금은 서비스가 응답할 수 없습니다. 잠시 후 다시 시도하십시오.' },
  DEADLINE_EXCEEDED: { status: 504, en: 'The call took longer than its deadline. Ask for its outcome with the same Idempotency-Key.', ko: '제한 시간을 넘겼습니다. 같은 Idempotency-Key로 결과를 확인하십시오.' },

  // Identity
  ROLE_UNKNOWN: { status: 422, en: 'There is no role {role}.', ko: '{role} 역할이 없습니다.' },
  AFFILIATION_WITH_ITSELF: { status: 422, en: 'An organization is not its own affiliate.', ko: '조직은 자기 자신의 계열사가 될 수 없습니다.' },
  ROLE_NOT_GRANTABLE: { status: 403, en: 'The role {role} is not yours to grant in this organization.', ko: '이 조직에서 {role} 역할을 부여할 권한이 없습니다.' },

  // Auction
  INCREMENTS_INVALID: { status: 422, en: 'Increment bands start at 0, ascend, and are multiples of the bid unit.', ko: '호가 단위 구간은 0에서 시작해 오름차순이어야 하며 입찰 단위의 배수여야 합니다.' },
  TIME_ZONE_UNKNOWN: { status: 422, en: 'There is no IANA time zone {timeZone}.', ko: 'IANA 시간대 {timeZone}이(가) 없습니다.' },
  GOODS_REFUSED: { status: 422, en: 'The goods cannot be taken: {reason}.', ko: '물품을 받을 수 없습니다: {reason}.' },
  LOT_NOT_RECEIVED: { status: 409, en: 'The goods of this lot are not in the centre yet.', ko: '이 물건은 아직 반입되지 않았습니다.' },
  LOT_NOT_LISTABLE: { status: 409, en: 'The lot is {phase}; only a received lot can be listed.', ko: '물건 상태가 {phase}입니다. 반입된 물건만 상장할 수 있습니다.' },
  LOT_NOT_OPEN: { status: 409, en: 'The lot is not open for bids.', ko: '입찰이 열려 있지 않은 물건입니다.' },
  LOT_NOT_WITHDRAWABLE: { status: 409, en: 'The lot is {phase}; a lot is withdrawn before it opens.', ko: '물건 상태가 {phase}입니다. 개시 전에만 철회할 수 있습니다.' },
  BID_TOO_LATE: { status: 409, en: 'The bid came after the close.', ko: '마감 후에 접수된 입찰입니다.' },
  BID_TOO_LOW: { status: 422, en: 'The bid must be at least {minimum} minor units.', ko: '입찰가는 최소 {minimum} 이상이어야 합니다.' },
  BID_NOT_IN_UNIT: { status: 422, en: 'The bid must be a multiple of {unit} minor units.', ko: '입찰가는 {unit}의 배수여야 합니다.' },
  BID_CURRENCY: { status: 422, en: 'This market sells in {currency}.', ko: '이 시장의 통화는 {currency}입니다.' },
  BIDDER_NOT_ADMITTED: { status: 403, en: 'Your organization is not admitted to bid in this market.', ko: '이 시장에 참가 등록되지 않은 조직입니다.' },
  BIDDER_NOT_LICENSED: { status: 403, en: 'Your licence does not cover this category, or has ended.', ko: '허가 부류가 아니거나 허가가 만료되었습니다.' },
  BIDDER_SUSPENDED: { status: 403, en: 'Your organization is suspended from bidding in this market.', ko: '입찰이 정지된 조직입니다.' },
  BIDDER_IS_CONSIGNOR: { status: 403, en: 'Neither the consignor nor its affiliates may bid on this lot.', ko: '출하자와 그 계열사는 이 물건에 입찰할 수 없습니다.' },
  EXPOSURE_EXCEEDED: { status: 409, en: 'The bid would need {needed} minor units of free limit; {free} are free.', ko: '필요 한도 {needed}, 남은 한도 {free}로 한도를 초과합니다.' },
  SESSION_NOT_PREPARED: { status: 409, en: 'The session is {phase}.', ko: '경매 회차 상태가 {phase}입니다.' },
  SESSION_EMPTY: { status: 409, en: 'The session has no lots.', ko: '상장된 물건이 없는 회차입니다.' },
  SESSION_CLOSED: { status: 409, en: 'The session is closed; list the lot in another one.', ko: '종료된 회차입니다. 다른 회차에 상장하십시오.' },
  PRICE_NOT_IN_UNIT: { status: 422, en: 'The price must be a multiple of {unit} minor units.', ko: '가격은 {unit}의 배수여야 합니다.' },
  CURRENCY_UNKNOWN: { status: 422, en: 'There is no currency {currency} here.', ko: '통화 {currency}을(를) 사용할 수 없습니다.' },
  HARD_END_TOO_EARLY: { status: 422, en: 'The hard end may not come before the time that a lot stays open.', ko: '최종 마감은 기본 입찰 시간보다 빠를 수 없습니다.' },
  COMMISSION_CAPS_REPEATED: { status: 422, en: 'Each category has at most one cap on commission.', ko: '부류마다 수수료 상한은 하나만 둘 수 있습니다.' },
  BUSINESS_DAY_UNKNOWN: { status: 422, en: 'There is no day {businessDay}.', ko: '{businessDay}은(는) 존재하지 않는 날짜입니다.' },
  LIMIT_BELOW_EXPOSURE: { status: 409, en: 'The bidder is exposed to {exposure} minor units; deposit and credit must cover that.', ko: '현재 노출액은 {exposure}입니다. 보증금과 신용 한도가 이를 충당해야 합니다.' },

  // Warehousing
  APPOINTMENT_NOT_IN_PHASE: { status: 409, en: 'The appointment is {phase}; this needs {needed}.', ko: '예약 상태가 {phase}입니다. {needed} 상태여야 합니다.' },
  DOOR_TAKEN: { status: 409, en: 'Another truck stands at that door.', ko: '다른 차량이 해당 도크에 있습니다.' },
  NOT_A_DOOR: { status: 422, en: 'That location is no dock door of this centre.', ko: '해당 위치는 이 센터의 도크가 아닙니다.' },
  CONSIGNMENT_UNKNOWN: { status: 422, transient: true, en: 'No such consignment is expected here.', ko: '입고 예정에 없는 출하입니다.' },
  CONSIGNMENT_ALREADY_RECEIVED: { status: 409, en: 'The consignment has been received or refused already.', ko: '이미 입고되었거나 반려된 출하입니다.' },
  DISPOSITION_NEEDED: { status: 422, en: 'The line is not as expected ({findings}); say what is to be done with it.', ko: '예정과 다른 품목입니다({findings}). 처리 방법을 지정하십시오.' },
  RECEIPT_NOT_AT_DOOR: { status: 409, en: 'The receipt is {phase}; only goods at the door are put away.', ko: '입고 상태가 {phase}입니다. 도크에 있는 물품만 적치할 수 있습니다.' },
  LOCATION_TOO_WARM: { status: 409, en: 'The goods need {needed}; the zone of that location is {zone}.', ko: '물품은 {needed} 보관이 필요하나 해당 구역은 {zone}입니다.' },
  LOCATION_FULL: { status: 409, en: 'The location has {free} grams free; the goods weigh {needed}.', ko: '해당 위치의 여유는 {free}g, 물품은 {needed}g입니다.' },
  NO_LOCATION: { status: 409, en: 'No location of the centre has the temperature class and {needed} grams free.', ko: '온도 등급과 {needed}g 여유를 갖춘 위치가 없습니다.' },
  CHECK_DIGIT: { status: 422, en: 'The check digit of {value} is wrong.', ko: '{value}의 검사 숫자가 틀립니다.' },
  WINDOW_OVER: { status: 422, en: 'The window ended at {endedAt}. Book one that is still to come.', ko: '예약 시간대가 {endedAt}에 끝났습니다. 앞으로의 시간대를 예약하십시오.' },
  CODE_REPEATED: { status: 422, en: 'The code {code} stands twice in the request.', ko: '요청에 코드 {code}이(가) 두 번 있습니다.' },
  DISPOSITION_NOT_ALLOWED: { status: 422, en: 'A line found {findings} takes only: {allowed}.', ko: '판정이 {findings}인 품목에 가능한 처리는 {allowed}뿐입니다.' },
  NOTHING_TO_ACCEPT: { status: 422, en: 'Nothing was counted or weighed, so there is nothing to accept; refuse the line.', ko: '수량이나 중량이 없어 인수할 것이 없습니다. 반려로 처리하십시오.' },
  SCALE_TICKET_NEEDED: { status: 422, en: 'A weight counts only with the number of the verified scale’s ticket.', ko: '중량은 검정받은 저울의 계량표 번호가 있어야 인정됩니다.' },
  NOT_STORAGE: { status: 422, en: 'Goods are put away to bins, racks and floors, not to a dock door.', ko: '적치는 도크가 아닌 빈, 랙, 바닥 위치에만 할 수 있습니다.' },
  LOCATION_TOO_COLD: { status: 409, en: 'The goods need {needed}; the zone of that location is {zone}, and the cold would harm them.', ko: '물품은 {needed} 보관이 필요하나 해당 구역은 {zone}으로 저온 피해가 우려됩니다.' },
  STOCK_NOT_THERE: { status: 409, en: 'There are {count} and {grams} grams there; more cannot be taken.', ko: '해당 위치의 재고는 {count}개, {grams}g이며 그 이상 반출할 수 없습니다.' },

  // Credentials
  CREDENTIAL_REVOKED: { status: 401, en: 'What this access token was issued to has been revoked.', ko: '이 접근 토큰의 발급 근거가 폐기되었습니다.' },
  CLIENT_DISABLED: { status: 409, en: 'The client is disabled for good; register another one.', ko: '영구히 중지된 클라이언트입니다. 새로 등록하십시오.' },
  SCOPE_UNKNOWN: { status: 422, en: 'There is no permission {scope}.', ko: '{scope} 권한은 존재하지 않습니다.' },
  SCOPE_NOT_GRANTABLE: { status: 403, en: 'You cannot give a key the scope {scope}.', ko: '키에 {scope} 범위를 부여할 수 없습니다.' },
  API_KEY_ENDED: { status: 409, en: 'The key has ended, or would end before it begins.', ko: '이미 만료되었거나 폐기된 키이거나, 만료 시각이 현재보다 이릅니다.' },
  API_KEY_ROTATION_OPEN: { status: 409, en: 'Two keys of this rotation hold already; revoke the older one first.', ko: '이 키의 교체 중인 키가 이미 두 개입니다. 이전 키를 먼저 폐기하십시오.' },
  API_KEY_IN_URL: { status: 400, en: 'An API key must not be in a URL, where logs keep it. Revoke this key, and send its successor in the Authorization header.', ko: 'API 키를 URL에 넣을 수 없습니다. 이 키를 폐기하고 새 키를 Authorization 헤더로 보내십시오.' },
  ADDRESS_NOT_ALLOWED: { status: 403, en: 'This key may not be used from your address.', ko: '이 주소에서는 사용할 수 없는 키입니다.' },
  REVOCATIONS_UNKNOWN: { status: 503, transient: true, en: 'Whether your access still holds cannot be told now. Try again shortly.', ko: '지금은 접근 권한의 유효 여부를 확인할 수 없습니다. 잠시 후 다시 시도하십시오.' },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERRORS;

export function definitionOf(code: ErrorCode): ErrorDefinition {
  return ERRORS[code];
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** The text of a code with its details filled in. */
export function errorText(code: ErrorCode, language: 'en' | 'ko', details: Readonly<Record<string, unknown>> = {}): string {
  return ERRORS[code][language].replace(/\{(\w+)\}/g, (whole, name: string) => (name in details ? String(details[name]) : whole));
}
