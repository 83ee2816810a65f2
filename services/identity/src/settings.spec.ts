import { describe, expect, it } from '@jest/globals';
import { settingsOf } from './settings.js';

const issuer = 'http://localhost:7700/oidc';
const operatorSecret = 'a secret of the operator';

describe('settingsOf', () => {
  it('fills in what is not said', () => {
    expect(settingsOf({ issuer, extra: { operatorSecret } })).toEqual({ oidcHost: '127.0.0.1', oidcPort: 0, operatorSecret, serviceSecret: undefined, consoleRedirectUris: ['http://localhost:7700/callback'], feedKey: undefined, revocationBeatMs: 5000, keyEnvironment: 'live' });
  });

  it.each([
    ['operatorSecret', {}],
    ['operatorSecret', { operatorSecret: 'short' }],
    ['oidcPort', { operatorSecret, oidcPort: 70_000 }],
    ['oidcPort', { operatorSecret, oidcPort: '80' }],
    ['serviceSecret', { operatorSecret, serviceSecret: 'short' }],
    ['feedKey', { operatorSecret, feedKey: 'short' }],
    ['revocationBeatMs', { operatorSecret, revocationBeatMs: 6000 }],
    ['keyEnvironment', { operatorSecret, keyEnvironment: 'Live_1' }],
    ['consoleRedirectUris', { operatorSecret, consoleRedirectUris: ['not a URI'] }],
  ])('names a wrong %s', (name, extra) => expect(() => settingsOf({ issuer, extra })).toThrow(name));
});
