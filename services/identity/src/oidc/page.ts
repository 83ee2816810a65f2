import { randomBytes } from 'node:crypto';
import { type Language, TEXTS } from './texts.js';

/** A page of the issuer with the headers it must be sent with. */
export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

const STYLE = `
:root{color-scheme:light dark;--ground:#eef3f2;--paper:#fff;--ink:#12211f;--soft:#4d605d;--line:#71877f;--deep:#0b5c54;--deep-ink:#fff;--hover:#084740;--ring:#c05f0c;--bad:#a3211b;--bad-ground:#fdeeec}
@media (prefers-color-scheme:dark){:root{--ground:#0d1716;--paper:#152322;--ink:#e8f1ef;--soft:#a8bbb7;--line:#5d7571;--deep:#5cc4b4;--deep-ink:#06211d;--hover:#83d8ca;--ring:#ffb066;--bad:#ffb3ab;--bad-ground:#3a1a18}}
*{box-sizing:border-box}
html{font:16px/1.55 system-ui,-apple-system,'Segoe UI','Apple SD Gothic Neo','Noto Sans KR','Noto Sans CJK KR','Malgun Gothic',sans-serif}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;grid-template-rows:1fr auto;justify-items:center;background:var(--ground);color:var(--ink);word-break:keep-all;overflow-wrap:anywhere}
main{align-self:center;width:min(26rem,100% - 2rem);margin:2rem 0;padding:2.25rem 2rem;background:var(--paper);border-radius:.9rem;box-shadow:0 1px 2px rgb(0 0 0/.08),0 12px 32px rgb(0 0 0/.08)}
header{display:flex;align-items:center;gap:.75rem;margin-bottom:1.75rem}
header svg{flex:none;width:2.5rem;height:2.5rem}
header strong{display:block;font-size:1.15rem;line-height:1.2}
header span{color:var(--soft);font-size:.875rem}
h1{margin:0 0 1.25rem;font-size:1.4rem;line-height:1.3;letter-spacing:-.01em}
p{margin:0 0 1.25rem;color:var(--soft)}
label{display:block;margin-bottom:.35rem;font-weight:600;font-size:.94rem}
input[type=text],input[type=password]{display:block;width:100%;min-height:2.9rem;margin-bottom:1.1rem;padding:.55rem .8rem;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:.5rem}
button{display:block;width:100%;min-height:2.9rem;padding:.55rem 1rem;font:inherit;font-weight:650;border-radius:.5rem;border:1px solid transparent;cursor:pointer}
button.first{margin-top:.4rem;background:var(--deep);color:var(--deep-ink)}
button.first:hover{background:var(--hover)}
button.second{margin-top:.6rem;background:transparent;color:var(--soft);border-color:transparent}
button.second:hover{color:var(--ink);text-decoration:underline}
:is(input,button,a):focus-visible,fieldset label:has(:focus-visible){outline:3px solid var(--ring);outline-offset:2px}
.problem{margin:0 0 1.25rem;padding:.75rem .9rem;border-left:4px solid var(--bad);border-radius:.4rem;background:var(--bad-ground);color:var(--bad)}
fieldset{margin:0 0 .75rem;padding:0;border:0}
legend{padding:0;margin-bottom:.9rem;color:var(--soft)}
fieldset label{display:flex;gap:.75rem;align-items:flex-start;margin-bottom:.6rem;padding:.8rem .9rem;border:1px solid var(--line);border-radius:.6rem;cursor:pointer}
fieldset label:has(:checked){border-color:var(--deep);box-shadow:inset 0 0 0 1px var(--deep)}
fieldset input{flex:none;width:1.15rem;height:1.15rem;margin:.2rem 0 0;accent-color:var(--deep)}
fieldset input:focus-visible{outline:none}
fieldset small{display:block;font-weight:400;font-size:.85rem;color:var(--soft)}
footer{padding:0 0 1.5rem;font-size:.9rem}
footer a{display:inline-block;padding:.5rem .75rem;color:var(--soft)}
@media (max-width:30rem){body{background:var(--paper)}main{align-self:start;margin:0;padding:1.75rem .25rem;box-shadow:none}}
`;

/** A ferry at its landing. */
const MARK = `<svg viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40" rx="10" fill="var(--deep)"/><g fill="none" stroke="var(--deep-ink)" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"><path d="M8 20h24l-4 6.5H12z"/><path d="M16.5 20v-7.5h7V20"/><path d="M7 31c2.2 0 2.2 1.5 4.3 1.5S13.5 31 15.7 31s2.2 1.5 4.3 1.5S22.2 31 24.3 31s2.2 1.5 4.4 1.5S30.8 31 33 31"/></g></svg>`;

/** Lays out a page. `formTargets` are the origins that a form of the page may lead to, beside our own: browsers follow redirects with the form's rule. */
export function layOut(content: { readonly language: Language; readonly title: string; readonly body: string; readonly otherLanguageHref?: string; readonly formTargets?: readonly string[] }): Page {
  const { language, title, body, otherLanguageHref, formTargets = [] } = content;
  const texts = TEXTS[language];
  const nonce = randomBytes(16).toString('base64');
  const other = language === 'ko' ? 'en' : 'ko';
  const footer = otherLanguageHref === undefined ? '' : `<footer><a href="${escapeHtml(otherLanguageHref)}" lang="${other}" hreflang="${other}">${texts.other}</a></footer>`;
  return {
    html: `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} · ${texts.product}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main>
<header>${MARK}<div><strong>${texts.product}</strong><span>${texts.tagline}</span></div></header>
${body}
</main>
${footer}
</body>
</html>
`,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; form-action ${["'self'", ...formTargets].join(' ')}; base-uri 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      // Not no-referrer: browsers would then send the form with an origin of null.
      'referrer-policy': 'same-origin',
      vary: 'accept-language',
    },
  };
}
