import { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import type { SeedOrganization } from './seed.js';

/** A consignor with the KAMIS items that it brings. Every name is invented; a likeness to a real company is chance. */
export interface Consignor extends SeedOrganization {
  readonly origin: string;
  /** Item codes; a trailing `*` takes only imported goods. */
  readonly brings: string;
}

const CONSIGNOR = 'ORGANIZATION_KIND_CONSIGNOR';

/** In the order in which they announce and arrive: fish first, grain last. */
export const CONSIGNORS: readonly Consignor[] = [
  { key: 'f01', name: '푸른물마루 수산', kind: CONSIGNOR, origin: '부산', brings: '611 613 615 619 654' },
  { key: 'f02', name: '달빛갯벌 수산업협동조합', kind: 'ORGANIZATION_KIND_COOPERATIVE', origin: '전남 완도', brings: '638 639 640 641 642 653' },
  { key: 'f03', name: '구름고개 농업회사법인', kind: CONSIGNOR, origin: '강원 평창', brings: '211 212 231 232' },
  { key: 'f04', name: '이슬채 영농조합법인', kind: CONSIGNOR, origin: '경기 이천', brings: '213 214 215 233 252 253' },
  { key: 'f05', name: '노란참들 영농조합법인', kind: CONSIGNOR, origin: '경북 성주', brings: '221 222 257' },
  { key: 'f06', name: '햇살온실 농업회사법인', kind: CONSIGNOR, origin: '충남 논산', brings: '223 224 225 422' },
  { key: 'f07', name: '매운바람 농업회사법인', kind: CONSIGNOR, origin: '경남 밀양', brings: '241 242 243 255 256' },
  { key: 'f08', name: '황토이랑 영농조합법인', kind: CONSIGNOR, origin: '전남 무안', brings: '244 245 246 247 258' },
  { key: 'f09', name: '그늘숲버섯 영농조합법인', kind: CONSIGNOR, origin: '경북 청도', brings: '315 316 317' },
  { key: 'f10', name: '언덕너머 과수 영농조합법인', kind: CONSIGNOR, origin: '경북 영주', brings: '411 412' },
  { key: 'f11', name: '먼바다 과일무역', kind: CONSIGNOR, origin: '수입', brings: '418 419 420 421 424 425 428' },
  { key: 'f12', name: '너른들 미곡 농업회사법인', kind: CONSIGNOR, origin: '전북 김제', brings: '111 112 141 142 143' },
  { key: 'f13', name: '붉은고랑 영농조합법인', kind: CONSIGNOR, origin: '전북 고창', brings: '151 152 312 313 314' },
  { key: 'f14', name: '돛단배 곡물무역', kind: CONSIGNOR, origin: '수입', brings: '141* 142* 143* 144* 232* 247* 312* 313*' },
];

export const CARRIERS: readonly SeedOrganization[] = [
  { key: 'c01', name: '새벽길 운송', kind: 'ORGANIZATION_KIND_CARRIER' },
  { key: 'c02', name: '찬바람 냉장물류', kind: 'ORGANIZATION_KIND_CARRIER' },
  { key: 'c03', name: '열두고개 화물', kind: 'ORGANIZATION_KIND_CARRIER' },
];

export const CORPORATION: SeedOrganization = { key: 'corp', name: '나루청과 도매시장법인', kind: 'ORGANIZATION_KIND_CORPORATION' };
export const CENTRE_OPERATOR: SeedOrganization = { key: 'centre', name: '나루물류센터 운영', kind: 'ORGANIZATION_KIND_CENTRE_OPERATOR' };

export interface BidderParty extends SeedOrganization {
  readonly categories: readonly Category[];
  /** The consignor that it is an affiliate of. */
  readonly affiliateOf?: string;
  readonly suspended?: true;
  /** Does not bid in the day: it stands ready for the tests of bad days. */
  readonly idle?: true;
}

const WHOLESALER = 'ORGANIZATION_KIND_INTERMEDIATE_WHOLESALER';
const DIRECT = 'ORGANIZATION_KIND_DIRECT_BUYER';
const { GRAIN, FRUIT_AND_VEGETABLE: FRESH, FISH } = Category;

export const BIDDERS: readonly BidderParty[] = [
  { key: 'b01', name: '한발앞 유통', kind: WHOLESALER, categories: [FRESH, GRAIN] },
  { key: 'b02', name: '첫새벽 상회', kind: WHOLESALER, categories: [FRESH] },
  { key: 'b03', name: '물때표 수산유통', kind: WHOLESALER, categories: [FISH] },
  { key: 'b04', name: '큰저울 상사', kind: WHOLESALER, categories: [FRESH, GRAIN, FISH] },
  { key: 'b05', name: '다섯손가락 청과', kind: WHOLESALER, categories: [FRESH] },
  { key: 'b06', name: '모퉁이 식자재', kind: DIRECT, categories: [FRESH, FISH, GRAIN] },
  { key: 'b07', name: '밥짓는집 급식', kind: DIRECT, categories: [FRESH, GRAIN] },
  { key: 'b08', name: '갈매기 어물', kind: WHOLESALER, categories: [FISH] },
  { key: 'b09', name: '언덕너머 청과유통', kind: WHOLESALER, categories: [FRESH, GRAIN], affiliateOf: 'f10' },
  { key: 'b10', name: '너른들 양곡유통', kind: WHOLESALER, categories: [FRESH, GRAIN], affiliateOf: 'f12' },
  { key: 'b11', name: '빈수레 상회', kind: WHOLESALER, categories: [FRESH, GRAIN, FISH], suspended: true, idle: true },
  { key: 'b12', name: '작은손 가게', kind: DIRECT, categories: [FRESH, GRAIN, FISH], idle: true },
];

/** Whether a KAMIS variety is imported, by its own words. */
export function isImported(kindName: string): boolean {
  return originAbroad(kindName) !== undefined;
}

/** Country of an imported variety, `수입` where the variety only says that it is imported. */
export function originAbroad(kindName: string): string | undefined {
  return ['중국', '인도', '미국', '뉴질랜드'].find((country) => kindName.includes(country)) ?? (kindName.includes('수입') ? '수입' : undefined);
}

/**
 * Who brings a row. Imported vegetables and grain come with the grain importer; fish and fruit stay with the house that trades them.
 * @throws RangeError for an item that nobody brings.
 */
export function consignorOf(itemCode: string, kindName: string): Consignor {
  const imported = isImported(kindName) ? CONSIGNORS.find(({ brings }) => brings.split(' ').includes(`${itemCode}*`)) : undefined;
  const found = imported ?? CONSIGNORS.find(({ brings }) => brings.split(' ').includes(itemCode));
  if (!found) throw new RangeError(`no consignor brings item ${itemCode}`);
  return found;
}
