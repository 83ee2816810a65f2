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
  STOCK_RESERVED: { status: 409, en: '{reserved} of the {onHand} on hand are promised; release or move the promises first.', ko: '보유 {onHand} 중 {reserved}이(가) 예약되어 있습니다. 먼저 예약을 해제하거나 옮기십시오.' },

  // Warehousing, in
  ITEM_SPELLING: { status: 409, en: '{code} is another spelling of {first}, which exists already. Use that code.', ko: '{code}은(는) 이미 있는 코드 {first}의 다른 표기입니다. 기존 코드를 사용하십시오.' },
  ITEM_UNKNOWN: { status: 422, en: 'No item has the code {code}, in your own master data or in the catalogue of the operator.', ko: '자체 품목이나 운영자 목록에 코드 {code}인 품목이 없습니다.' },
  REFERENCE_TAKEN: { status: 409, en: 'The reference {reference} stands for other content already: {code}.', ko: '참조 번호 {reference}은(는) 이미 다른 내용({code})에 사용되었습니다.' },
  LINE_REPEATED: { status: 422, en: 'The line {line} stands twice in the request.', ko: '요청에 {line}번 줄이 두 번 있습니다.' },
  NOTICE_UNKNOWN: { status: 422, en: 'No advance notice {noticeId} is known for this centre.', ko: '이 센터에 사전 통지 {noticeId}이(가) 없습니다.' },
  NOTICE_LINE_UNKNOWN: { status: 422, en: 'The notice has no line {line}; say by item_code and unit what came.', ko: '사전 통지에 {line}번 줄이 없습니다. 도착한 물품을 item_code와 unit으로 알려 주십시오.' },
  NOTICE_LINE_ALREADY_RECEIVED: { status: 409, en: 'The line has been received or refused already.', ko: '이미 입고되었거나 반려된 줄입니다.' },
  EXPIRY_NEEDED: { status: 422, en: 'The expiry of this item is followed: give the date that the goods carry.', ko: '유통기한을 관리하는 품목입니다. 물품에 표시된 날짜를 입력하십시오.' },
  BATCH_DATE_DIFFERS: { status: 409, en: 'The batch {batch} is in stock with the date {expiresOn}; one batch has one date.', ko: '배치 {batch}의 재고 날짜는 {expiresOn}입니다. 한 배치의 날짜는 하나입니다.' },
  NOTHING_TO_HOLD: { status: 409, en: 'Nothing of the batch can be held there.', ko: '해당 위치에 보류할 수 있는 배치 재고가 없습니다.' },
  NOTHING_HELD: { status: 409, en: 'Nothing of the batch is held there for its quality.', ko: '품질 문제로 보류 중인 배치 재고가 없습니다.' },
  UNIT_NEEDED: { status: 422, en: 'The batch lies there in several units of measure ({units}); name one.', ko: '배치가 여러 단위({units})로 보관되어 있습니다. 하나를 지정하십시오.' },

  // Orders and promises
  STOCK_SHORT: { status: 409, transient: true, en: '{free} of the {asked} asked for are free.', ko: '요청 {asked} 중 가용 재고는 {free}입니다.' },
  RESERVATION_EXPIRED: { status: 409, en: 'The hold has expired.', ko: '예약 유지 시간이 만료되었습니다.' },
  RESERVATION_NOT_OPEN: { status: 409, en: 'The reservation is {phase}.', ko: '예약 상태가 {phase}입니다.' },
  RESERVATION_OF_ORDER: { status: 409, en: 'An order holds this promise; cancel its line to give it back.', ko: '주문에 속한 예약입니다. 주문 행을 취소하십시오.' },
  LINE_UNKNOWN: { status: 422, en: 'The order has no line {line}.', ko: '주문에 {line}번 행이 없습니다.' },
  NOTHING_TO_CANCEL: { status: 409, en: '{cancellable} can be cancelled; packed goods are returned, not cancelled.', ko: '취소 가능한 수량은 {cancellable}입니다. 포장된 물품은 반품으로 처리하십시오.' },
  TOO_MANY_LINES: { status: 422, en: 'The request has {lines} lines; {most} are the most.', ko: '요청 행 수 {lines}이(가) 한도 {most}을(를) 넘습니다.' },

  // Warehousing, out
  PICK_TASK_NOT_READY: { status: 409, en: 'The pick task is {phase}; only a ready one is completed.', ko: '피킹 작업 상태가 {phase}입니다. 준비된 작업만 완료할 수 있습니다.' },
  PICKED_TOO_MUCH: { status: 422, en: 'The task asks for {asked}; more cannot be picked for it.', ko: '작업 수량은 {asked}이며 그 이상 피킹할 수 없습니다.' },
  SHORT_PICK_REASON_NEEDED: { status: 422, en: 'Fewer than {asked} were picked; say why.', ko: '{asked}보다 적게 피킹되었습니다. 사유를 입력하십시오.' },
  PICK_NO_LONGER_COVERED: { status: 409, en: 'The promise behind the task is gone; leave the goods on the shelf.', ko: '작업의 예약이 취소되었습니다. 물품을 그대로 두십시오.' },
  ITEM_NOT_MEASURED: { status: 422, en: 'The item {item} has no measures; measure it before it is packed.', ko: '품목 {item}의 치수가 없습니다. 포장 전에 측정하십시오.' },
  BOX_TYPE_MISSING: { status: 422, en: 'There is no box type for {temperatureClass} goods such as {item}; add one.', ko: '{item} 등 {temperatureClass} 물품용 상자 유형이 없습니다. 상자 유형을 등록하십시오.' },
  BOX_TYPE_INVALID: { status: 422, en: 'The box type {code} weighs more than it may weigh full, or names no temperature class.', ko: '상자 유형 {code}의 자체 중량이 최대 중량 이상이거나 온도 등급이 없습니다.' },
  NO_PACKING_STATION: { status: 409, en: 'The centre has no packing station.', ko: '센터에 포장대가 없습니다.' },
  NOTHING_TO_RELEASE: { status: 409, en: 'No order has goods promised here that are not in a wave yet.', ko: '이 센터에서 웨이브로 내릴 예약 물품이 있는 주문이 없습니다.' },
  NOTHING_TO_PACK: { status: 409, en: 'The order has no picked goods here that are not packed yet.', ko: '이 센터에 포장할 피킹 완료 물품이 없는 주문입니다.' },
  STOCK_HELD: { status: 409, en: '{count} of the picked goods are held; they stay out.', ko: '피킹된 물품 중 {count}이(가) 보류되어 제외됩니다.' },
  BATCH_TOO_OLD: { status: 409, en: 'The batch {batch} expires on {expiresOn}; that is too early for this customer.', ko: '배치 {batch}의 유효기한({expiresOn})이 고객 요구 잔여 기한에 미치지 못합니다.' },
  UNIT_NOT_PACKED: { status: 409, en: 'The parcel is {phase}; only a packed one is staged.', ko: '소포 상태가 {phase}입니다. 포장된 소포만 출하 대기할 수 있습니다.' },
  // Settlement
  COMMISSION_ABOVE_CAP: { status: 422, en: 'The commission of {category} would be above its cap of {cap}; rate and flat part count together.', ko: '{category}의 위탁수수료가 상한 {cap}을(를) 넘습니다. 정률과 정액을 합산합니다.' },
  FEES_NOT_LATER: { status: 409, en: 'Fees are set from a day that is still to come and later than {last}.', ko: '수수료는 {last} 이후의 장래 일자부터 정할 수 있습니다.' },
  BIDDER_OVERDUE: { status: 403, en: 'An invoice of your organization is overdue; pay it to bid again.', ko: '연체된 대금이 있어 입찰할 수 없습니다. 납부 후 다시 입찰하십시오.' },
  DOCUMENT_REPLACED: { status: 409, en: 'The document has been corrected; correct the one that stands in its place: {current}.', ko: '이미 정정된 문서입니다. 현재 문서 {current}을(를) 정정하십시오.' },
  CORRECTION_EMPTY: { status: 422, en: 'The correction changes nothing.', ko: '정정할 내용이 없습니다.' },
  CORRECTION_BELOW_PAID: { status: 409, en: 'The buyer has paid {paid} minor units of it already, more than the corrected invoice of {total}. Settle that with the buyer first.', ko: '이미 {paid}이(가) 납부되어 정정 후 금액 {total}을(를) 넘습니다. 먼저 매수인과 정산하십시오.' },
  PRICE_BELOW_RESERVE: { status: 422, en: 'The consignor’s written minimum is {reserve} minor units.', ko: '출하자가 서면으로 정한 최저가는 {reserve}입니다.' },
  QUANTITY_ABOVE_LOT: { status: 422, en: 'The lot held {quantity} trade units.', ko: '물건의 수량은 {quantity}입니다.' },
  LOT_NOT_IN_NOTE: { status: 422, en: 'The lot {lotId} is not in this note.', ko: '물건 {lotId}은(는) 이 정산서에 없습니다.' },
  CHARGES_ABOVE_AMOUNT: { status: 422, en: 'The charges of lot {lotId} would be more than its amount.', ko: '물건 {lotId}의 공제액이 판매금액을 넘습니다.' },
  PAYMENT_EXCEEDS_OUTSTANDING: { status: 422, en: 'Only {outstanding} minor units are outstanding.', ko: '남은 금액은 {outstanding}입니다.' },
  INVOICE_NOT_OPEN: { status: 409, en: 'The invoice is {phase}; nothing more is paid on it.', ko: '청구서 상태가 {phase}입니다. 더 이상 납부할 수 없습니다.' },
  INVOICE_NOT_OVERDUE: { status: 409, en: 'The invoice is {phase}; only an overdue one is written off.', ko: '청구서 상태가 {phase}입니다. 연체된 청구서만 대손 처리할 수 있습니다.' },
  PAYOUT_NOT_IN_PHASE: { status: 409, en: 'The payout is {phase}; this needs {needed}.', ko: '송금 상태가 {phase}입니다. {needed} 상태여야 합니다.' },
  ATTEMPT_KEY_USED: { status: 409, en: 'The attempt key {key} was sent before and came back; send again under a new one.', ko: '송금 키 {key}은(는) 이미 사용되어 반송되었습니다. 새 키로 다시 송금하십시오.' },
  ATTEMPT_UNKNOWN: { status: 422, en: 'The payout was not sent under the key {key}.', ko: '송금 키 {key}(으)로 송금한 기록이 없습니다.' },
  MARKET_DAY_CLOSED: { status: 409, en: 'The business day {businessDay} of this market is closed.', ko: '이 시장의 {businessDay} 영업일은 마감되었습니다.' },
  MARKET_DAY_TO_COME: { status: 422, en: 'The business day {businessDay} has not come yet.', ko: '{businessDay} 영업일은 아직 오지 않았습니다.' },
  MARKET_DAY_NOT_BALANCED: { status: 409, en: 'The day cannot be closed: {sessionsOpen} sessions open or unsettled, {documentsMissing} documents missing, debits {debits}, credits {credits}.', ko: '마감할 수 없습니다: 미종료·미정산 회차 {sessionsOpen}, 누락 문서 {documentsMissing}, 차변 {debits}, 대변 {credits}.' },
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
