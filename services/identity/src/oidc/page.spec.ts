import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { escapeHtml } from './page.js';
import { organizationPage, signInPage } from './sign-in-page.js';

const place = { language: 'ko', path: '/oidc/sign-in/x', target: 'http://localhost:5173' } as const;

describe('pages', () => {
  it('let no text out of its place', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(escapeHtml(text)).not.toMatch(/[<>"']/)));
    const evil = '"><img src=x onerror=alert(1)>';
    const account = { membershipId: 'm', userId: 'u', userName: evil, organizationId: 'o', organizationName: evil, roles: [evil] };
    for (const { html } of [signInPage(place, { login: evil, problem: evil }), organizationPage(place, { accounts: [account], ticket: evil, problem: evil })]) expect(html).not.toContain('<img');
  });

  it('label every field, and say in words what is wrong', () => {
    const { html } = signInPage(place, { login: '', problem: 'wrong' });
    for (const id of ['login', 'password']) expect(html).toContain(`<label for="${id}">`);
    expect(html).toContain('role="alert"');
    expect(html).toContain('aria-describedby="problem"');
  });

  it('style by a nonce that no two pages share', () => {
    const nonceOf = () => /'nonce-([^']+)'/.exec(signInPage(place, { login: '' }).headers['content-security-policy']!)![1];
    expect(nonceOf()).not.toBe(nonceOf());
  });
});
