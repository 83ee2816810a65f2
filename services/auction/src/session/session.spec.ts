import { describe, expect, it } from '@jest/globals';
import { OPENED } from '../test/examples.js';
import { type Session, closeSession, evolveSession, startSession } from './session.js';

const prepared: Session = {
  sessionId: 'session',
  code: 'SES-20220623-0001',
  marketId: 'market',
  operatorOrganizationId: 'garak',
  name: '아침 경매',
  businessDay: '2022-06-23',
  phase: 'prepared',
  startedAt: undefined,
  closedAt: undefined,
};
const running: Session = { ...prepared, phase: 'running', startedAt: OPENED };

describe('a session', () => {
  it('starts once, with lots', () => {
    const decision = startSession(prepared, 3, OPENED);
    expect(decision.accepted && decision.events.reduce(evolveSession, prepared)).toEqual(running);
    expect(startSession(prepared, 0, OPENED)).toMatchObject({ refusal: { code: 'SESSION_EMPTY' } });
    expect(startSession(running, 3, OPENED)).toMatchObject({ refusal: { code: 'SESSION_NOT_PREPARED', details: { phase: 'running' } } });
  });

  it('closes when no lot is left, and once', () => {
    expect(closeSession(running, 1, OPENED)).toEqual({ accepted: true, events: [] });
    const decision = closeSession(running, 0, OPENED + 1);
    const closed = decision.accepted ? decision.events.reduce(evolveSession, running) : running;
    expect(closed).toEqual({ ...running, phase: 'closed', closedAt: OPENED + 1 });
    expect(closeSession(closed, 0, OPENED + 2)).toEqual({ accepted: true, events: [] });
  });
});
