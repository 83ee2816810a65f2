export type Language = 'en' | 'ko';

/** Words of the pages of the issuer. */
export const TEXTS = {
  en: {
    product: 'Naru',
    tagline: 'From the landing to the door',
    signIn: 'Sign in',
    login: 'Login name',
    password: 'Password',
    continue: 'Continue',
    cancel: 'Cancel',
    chooseTitle: 'For which organization?',
    chooseLegend: 'You act for one organization at a time.',
    wrong: 'The login name or the password is wrong.',
    limited: 'Too many attempts. Try again in {minutes} minutes.',
    noMembership: 'This account belongs to no organization. Ask an administrator of your organization to add you.',
    chooseOne: 'Choose one of your organizations.',
    expiredTitle: 'This sign-in has expired',
    expired: 'Go back to the application and start again.',
    busy: 'Too many people sign in just now. Try again in a moment.',
    errorTitle: 'That did not work',
    error: 'The application asked for something that cannot be done. Go back and start again.',
    signOutTitle: 'Sign out?',
    signOut: 'Sign out',
    stay: 'Stay signed in',
    signedOutTitle: 'You are signed out',
    signedOut: 'You may close this window.',
    other: '한국어',
    roles: 'Roles',
  },
  ko: {
    product: '나루',
    tagline: '나루터에서 문 앞까지',
    signIn: '로그인',
    login: '아이디',
    password: '비밀번호',
    continue: '계속',
    cancel: '취소',
    chooseTitle: '어느 조직으로 이용하시겠습니까?',
    chooseLegend: '한 번에 한 조직을 대표하여 이용합니다.',
    wrong: '아이디 또는 비밀번호가 올바르지 않습니다.',
    limited: '시도 횟수가 너무 많습니다. {minutes}분 후에 다시 시도하십시오.',
    noMembership: '이 계정은 소속된 조직이 없습니다. 조직 관리자에게 등록을 요청하십시오.',
    chooseOne: '소속 조직 중 하나를 선택하십시오.',
    expiredTitle: '로그인 시간이 만료되었습니다',
    expired: '애플리케이션으로 돌아가 다시 시작하십시오.',
    busy: '지금 로그인하는 사람이 많습니다. 잠시 후 다시 시도하십시오.',
    errorTitle: '요청을 처리할 수 없습니다',
    error: '애플리케이션의 요청이 올바르지 않습니다. 돌아가서 다시 시작하십시오.',
    signOutTitle: '로그아웃하시겠습니까?',
    signOut: '로그아웃',
    stay: '로그인 유지',
    signedOutTitle: '로그아웃되었습니다',
    signedOut: '이 창을 닫으셔도 됩니다.',
    other: 'English',
    roles: '역할',
  },
} as const satisfies Record<Language, Record<string, string>>;

export type Texts = (typeof TEXTS)[Language];

function known(tag: string): Language | undefined {
  const [primary] = tag.trim().toLowerCase().split('-');
  return primary === 'ko' || primary === 'en' ? primary : undefined;
}

/**
 * The language of a page: the first known of `uiLocales` (OpenID Connect Core §3.1.2.1, in order of preference), else the best of
 * an Accept-Language header (RFC 9110 §12.5.4), else English.
 */
export function languageOf(uiLocales: string | undefined, acceptLanguage: string | undefined): Language {
  for (const tag of (uiLocales ?? '').split(' ')) {
    const language = known(tag);
    if (language) return language;
  }
  const ranked = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';');
      const q = parameters.map((p) => /^\s*q=([0-9.]+)\s*$/.exec(p)?.[1]).find((value) => value !== undefined);
      return { language: known(tag), weight: q === undefined ? 1 : Number(q) };
    })
    .filter(({ language, weight }) => language && weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return ranked[0]?.language ?? 'en';
}
