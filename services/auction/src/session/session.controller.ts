import { Controller } from '@nestjs/common';
import {
  type CreateSessionRequest,
  type CreateSessionResponse,
  type GetSessionRequest,
  type GetSessionResponse,
  type ListSessionsRequest,
  type ListSessionsResponse,
  Session as SessionMessage,
  SessionPhase as PhaseMessage,
  SessionServiceService,
  type StartSessionRequest,
  type StartSessionResponse,
} from '@naru/contracts/gen/naru/auction/v1/session_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import { BusinessTime } from '@naru/platform/business-time';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { drawCodes, isBusinessDay } from '../codes.js';
import { goodsOf } from '../consignment/consignment.store.js';
import { holdDay } from '../ledger/market-day.store.js';
import { lockNextListed } from '../lot/lot.store.js';
import { MarketStore } from '../market/market.store.js';
import { operates, viewerOf } from '../viewer.js';
import { Closer } from './closer.timer.js';
import { openNext } from './opening.shell.js';
import { type Session, type SessionPhase, evolveSession, startSession } from './session.js';
import { insertSession, listSessions, lockSession, orderLots, saveSession } from './session.store.js';

const PHASES: Readonly<Record<SessionPhase, PhaseMessage>> = { prepared: PhaseMessage.PREPARED, running: PhaseMessage.RUNNING, closed: PhaseMessage.CLOSED };

function toMessage(session: Session): SessionMessage {
  const { startedAt, closedAt } = session;
  return SessionMessage.fromPartial({
    ...session,
    phase: PHASES[session.phase],
    startedAt: startedAt === undefined ? undefined : new Date(startedAt),
    closedAt: closedAt === undefined ? undefined : new Date(closedAt),
  });
}

@Controller()
export class SessionController {
  constructor(
    private readonly markets: MarketStore,
    private readonly closer: Closer,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Command(SessionServiceService.createSession)
  async createSession(request: CreateSessionRequest, call: CommandCall): Promise<CreateSessionResponse> {
    const { marketId, name, businessDay } = request;
    const market = await this.markets.find(marketId, call.tx);
    if (!market || !operates(viewerOf(call.caller), market.operatorOrganizationId)) refused('NOT_FOUND');
    if (!isBusinessDay(businessDay)) refused('BUSINESS_DAY_UNKNOWN', { businessDay });
    await holdDay(call.tx, marketId, businessDay);
    const [code] = await drawCodes(call.tx, 'SES', businessDay, 1);
    const { operatorOrganizationId } = market;
    const session: Session = { sessionId: this.ids.next(), code: code!, marketId, operatorOrganizationId, name, businessDay, phase: 'prepared', startedAt: undefined, closedAt: undefined };
    await insertSession(call.tx, session);
    return { session: toMessage(session) };
  }

  @Command(SessionServiceService.startSession)
  async startSession(request: StartSessionRequest, call: CommandCall): Promise<StartSessionResponse> {
    const { tx } = call;
    const now = this.time.now();
    const session = await lockSession(tx, request.sessionId);
    if (!session || !operates(viewerOf(call.caller), session.operatorOrganizationId)) refused('NOT_FOUND');
    await holdDay(tx, session.marketId, session.businessDay);
    if (session.phase === 'prepared') await orderLots(tx, session.sessionId);
    const next = await lockNextListed(tx, session.sessionId);
    const started = eventsOf(startSession(session, next ? 1 : 0, now)).reduce(evolveSession, session);
    await saveSession(tx, started);
    const goods = await goodsOf(tx, [next!.dossier.consignmentId]);
    const { lot, event } = openNext(tx, next!, goods, (await this.markets.find(session.marketId, tx))!, now);
    await this.outbox.publish(tx, [event]);
    tx.afterCommit(() => this.closer.watch(lot));
    return { session: toMessage(started) };
  }

  @Rpc(SessionServiceService.getSession)
  async getSession(request: GetSessionRequest): Promise<GetSessionResponse> {
    const [session] = await listSessions(this.database, { sessionId: request.sessionId, limit: 1 });
    return { session: toMessage(session ?? refused('NOT_FOUND')) };
  }

  @Rpc(SessionServiceService.listSessions)
  async listSessions(request: ListSessionsRequest, call: Call): Promise<ListSessionsResponse> {
    const { marketId } = request;
    if (!(await this.markets.find(marketId))) refused('NOT_FOUND');
    const list = `sessions ${marketId}`;
    const size = pageSize(request.pageSize);
    const after = this.pages.open(request.pageToken, list, call.caller.organizationId);
    const rows = await listSessions(this.database, { marketId, after, limit: size + 1 });
    const { items, nextPageToken } = this.pages.cut(rows, size, list, call.caller.organizationId, (session) => session.sessionId);
    return { sessions: items.map(toMessage), nextPageToken };
  }
}
