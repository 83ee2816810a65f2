/** The languages that documents are printed in. */
export type Language = 'ko' | 'en';

/** Korean where a request says nothing. */
export function languageOf(requested: string): Language {
  return requested === 'en' ? 'en' : 'ko';
}
