import { describe, expect, it } from '@jest/globals';
import { settingsOf } from './settings.js';

const issuer = 'http://localhost:7700/oidc';
const operatorSecret = 'a secret of the operator';

describe('settingsOf', () => {
  it('fills in what is not said', () => {
    expect(settingsOf({ issuer, extra: { operatorSecret } })).toEqual({ oidcHost: '127.0.0.1', oidcPort: 0, operatorSecret, serviceSecret: undefined, consoleRedirectUris: ['http://localhost:7700/callback'] });
  });

  it.each([
    ['operatorSecret', {}],
    ['operatorSecret', { operatorSecret: 'short' }],
    ['oidcPort', { operatorSecret, oidcPort: 70_000 }],
    ['oidcPort', { operatorSecret, oidcPort: '80' }],
    ['serviceSecret', { operatorSecret, serviceSecret: 'short' }],
    ['consoleRedirectUris', { operatorSecret, consoleRedirectUris: ['not a URI'] }],
  ])('names a wrong %s', (name, extra) => expect(() => settingsOf({ issuer, extra })).toThrow(name));
});
