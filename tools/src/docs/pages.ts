import { rpcs } from '@naru/contracts/registry';
import { ROLES, type Role, permits } from '@naru/contracts/roles';
import { ERRORS, type ErrorDefinition } from '@naru/kernel/errors';

/** docs/errors.md: every stable code with its status and its words. */
export function errorsPage(): string {
  const rows = Object.entries<ErrorDefinition>(ERRORS).map(([code, { status, en, ko }]) => `| \`${code}\` | ${status} | ${en} | ${ko} |`);
  return [
    '# Errors',
    '',
    'Generated from `libs/kernel/src/errors.ts` by `npm run docs`; do not edit.',
    '',
    'A refused call answers a problem document (RFC 9457, `application/problem+json`) with `code` (this table, stable), `detail`',
    '(in the language of Accept-Language), `errors[]` (fields, where the shape is at fault), `details` (the figures in the words)',
    'and `why` (ids of the events that decide).',
    '',
    '| code | HTTP | English | 한국어 |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** docs/access.md: which role may call which method. A changed line is a changed right. */
export function accessPage(): string {
  const roles = Object.keys(ROLES) as Role[];
  const lines = [...rpcs.values()].map(({ path, access, http }) => {
    const who = roles.map((role) => (access.scope === 'PUBLIC' || permits([role], access.permission) ? 'x' : ''));
    return `| \`${http ? `${http.verb} ${http.template}` : path}\` | ${access.permission ? `\`${access.permission}\`` : '–'} | ${access.scope.toLowerCase()} | ${who.join(' | ')} |`;
  });
  return [
    '# Access',
    '',
    'Generated from the contracts and `libs/contracts/src/roles.ts` by `npm run docs`; do not edit. A test compares it, so a change of rights is seen in review.',
    '',
    '`scope`: public, anybody; participant, any organization with the permission; party, parties of the resource; operator, who operates',
    'it; system, Naru itself. To anybody else a resource is unknown (404).',
    '',
    `| method | permission | scope | ${roles.join(' | ')} |`,
    `|---|---|---|${roles.map(() => '---|').join('')}`,
    ...lines,
    '',
  ].join('\n');
}
