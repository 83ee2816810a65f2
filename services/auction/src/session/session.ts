import { type Decision, accept, refuse } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import type { BusinessDay, Instant } from '@naru/kernel/instant';

export type SessionPhase = 'prepared' | 'running' | 'closed';

/** A market session: its lots are sold one after the other, in order of consignment (농안법 제33조). */
export interface Session {
  readonly sessionId: Id;
  readonly code: string;
  readonly marketId: Id;
  readonly operatorOrganizationId: Id;
  readonly name: string;
  /** In the market's zone. */
  readonly businessDay: BusinessDay;
  readonly phase: SessionPhase;
  readonly startedAt: Instant | undefined;
  readonly closedAt: Instant | undefined;
}

export type SessionEvent = { readonly type: 'SessionStarted'; readonly startedAt: Instant } | { readonly type: 'SessionClosed'; readonly closedAt: Instant };

/** Starts a prepared session that has lots to sell. */
export function startSession(session: Session, listedLots: number, now: Instant): Decision<SessionEvent> {
  if (session.phase !== 'prepared') return refuse('SESSION_NOT_PREPARED', { phase: session.phase });
  if (listedLots === 0) return refuse('SESSION_EMPTY');
  return accept([{ type: 'SessionStarted', startedAt: now }]);
}

/** Closes a running session after its last hammer. */
export function closeSession(session: Session, listedLots: number, now: Instant): Decision<SessionEvent> {
  return accept(session.phase === 'running' && listedLots === 0 ? [{ type: 'SessionClosed', closedAt: now }] : []);
}

export function evolveSession(session: Session, event: SessionEvent): Session {
  switch (event.type) {
    case 'SessionStarted':
      return { ...session, phase: 'running', startedAt: event.startedAt };
    case 'SessionClosed':
      return { ...session, phase: 'closed', closedAt: event.closedAt };
  }
}
