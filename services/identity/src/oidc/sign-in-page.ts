import type { Account } from '../membership/membership.store.js';
import { type Page, escapeHtml, layOut } from './page.js';
import { type Language, TEXTS } from './texts.js';

interface Place {
  readonly language: Language;
  /** Path of the page itself. */
  readonly path: string;
  /** Where the sign-in leads to: the origin of the client's redirect URI. */
  readonly target: string;
}

function frame({ language, path, target }: Place, title: string, body: string): Page {
  return layOut({ language, title, body, otherLanguageHref: `${path}?lang=${language === 'ko' ? 'en' : 'ko'}`, formTargets: [target] });
}

function form({ language, path }: Place, fields: string, action: string): string {
  const texts = TEXTS[language];
  return `<form method="post" action="${escapeHtml(path)}?lang=${language}">
${fields}
<button class="first" type="submit" name="action" value="continue">${action}</button>
<button class="second" type="submit" name="action" value="cancel" formnovalidate>${texts.cancel}</button>
</form>`;
}

function problemBox(problem: string | undefined): string {
  return problem === undefined ? '' : `<div class="problem" role="alert" id="problem">${escapeHtml(problem)}</div>`;
}

/** The first step: who are you. */
export function signInPage(place: Place, content: { readonly login: string; readonly problem?: string }): Page {
  const texts = TEXTS[place.language];
  const described = content.problem === undefined ? '' : ' aria-describedby="problem" aria-invalid="true"';
  const focus = (wanted: boolean): string => (wanted ? ' autofocus' : '');
  const fields = `<label for="login">${texts.login}</label>
<input id="login" name="login" type="text" value="${escapeHtml(content.login)}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="80" required${focus(content.login === '')}${described}>
<label for="password">${texts.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="200" required${focus(content.login !== '')}${described}>`;
  return frame(place, texts.signIn, `<h1>${texts.signIn}</h1>\n${problemBox(content.problem)}${form(place, fields, texts.signIn)}`);
}

/** The second step, for who belongs to several organizations: which one do you act for. */
export function organizationPage(place: Place, content: { readonly accounts: readonly Account[]; readonly ticket: string; readonly problem?: string }): Page {
  const texts = TEXTS[place.language];
  const choices = content.accounts
    .map(
      (account, i) => `<label><input type="radio" name="membership" value="${account.membershipId}" required${i === 0 ? ' autofocus' : ''}>
<span>${escapeHtml(account.organizationName)}<small>${texts.roles}: ${escapeHtml(account.roles.join(', '))}</small></span></label>`,
    )
    .join('\n');
  const fields = `<input type="hidden" name="ticket" value="${escapeHtml(content.ticket)}">
<fieldset><legend>${texts.chooseLegend}</legend>
${choices}
</fieldset>`;
  return frame(place, texts.chooseTitle, `<h1>${texts.chooseTitle}</h1>\n${problemBox(content.problem)}${form(place, fields, texts.continue)}`);
}

/** A page that says one thing. */
export function messagePage(language: Language, title: string, text: string): Page {
  return layOut({ language, title, body: `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(text)}</p>` });
}
