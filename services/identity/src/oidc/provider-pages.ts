import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { type Page, escapeHtml, layOut } from './page.js';
import { messagePage } from './sign-in-page.js';
import { type Language, TEXTS, languageOf } from './texts.js';

function languageFor(ctx: KoaContextWithOIDC): Language {
  const { ui_locales: locales } = ctx.oidc.params ?? {};
  return languageOf(typeof locales === 'string' ? locales : undefined, ctx.get('accept-language'));
}

function send(ctx: KoaContextWithOIDC, page: Page): void {
  ctx.set(page.headers);
  ctx.body = page.html;
}

/** What the library has to say when there is no client to say it to. */
export function errorPage(ctx: KoaContextWithOIDC, out: ErrorOut): void {
  const language = languageFor(ctx);
  const texts = TEXTS[language];
  const detail = [out.error, out.error_description].filter((part) => part !== undefined).join(': ');
  send(ctx, layOut({ language, title: texts.errorTitle, body: `<h1>${texts.errorTitle}</h1>\n<p>${texts.error}</p>\n<p><code>${escapeHtml(detail)}</code></p>` }));
}

/** Asks before it signs out. `form` is the library's, with its token against forgery. */
export function signOutPage(ctx: KoaContextWithOIDC, form: string): void {
  const language = languageFor(ctx);
  const texts = TEXTS[language];
  const { postLogoutRedirectUri } = ctx.oidc.session!.state as { postLogoutRedirectUri?: string };
  const body = `<h1>${texts.signOutTitle}</h1>
${form}
<button class="first" type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>${texts.signOut}</button>
<button class="second" type="submit" form="op.logoutForm">${texts.stay}</button>`;
  send(ctx, layOut({ language, title: texts.signOutTitle, body, formTargets: postLogoutRedirectUri === undefined ? [] : [new URL(postLogoutRedirectUri).origin] }));
}

export function signedOutPage(ctx: KoaContextWithOIDC): void {
  const language = languageFor(ctx);
  send(ctx, messagePage(language, TEXTS[language].signedOutTitle, TEXTS[language].signedOut));
}
