import { Controller } from '@nestjs/common';
import { AuditServiceService, type ListAuditEntriesRequest, ListAuditEntriesResponse } from '@naru/contracts/gen/naru/identity/v1/audit_service';
import { AccessRefused } from '@naru/contracts/gen/naru/type/v1/access_refused';
import { Database, type Transaction } from '@naru/platform/database';
import type { Delivered } from '@naru/platform/event';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call } from '@naru/platform/rpc/call';
import { Consumes, Rpc } from '@naru/platform/rpc/decorators';
import { AuditLog } from './audit-log.js';
import { type ChainedEntry, auditEntryOf } from './chain.js';

const LIST = `
  select c.position, encode(c.hash, 'hex') as hash, e.recorded_at as "recordedAt", e.action, e.subject, e.organization_id as "organizationId", e.object, e.code
    from audit_chain c join audit_entries e using (entry_id) where c.position > $1::bigint order by c.position limit $2`;

@Controller()
export class AuditController {
  constructor(
    private readonly database: Database,
    private readonly pages: PageTokens,
    private readonly audit: AuditLog,
  ) {}

  @Rpc(AuditServiceService.listAuditEntries)
  async listAuditEntries(request: ListAuditEntriesRequest, call: Call): Promise<ListAuditEntriesResponse> {
    const { organizationId } = call.caller;
    const after = this.pages.open(request.pageToken, 'audit-entries', organizationId) ?? '0';
    const size = pageSize(request.pageSize);
    const rows = await this.database.query<ChainedEntry & { hash: string }>(LIST, [after, size + 1]);
    const { items, nextPageToken } = this.pages.cut(rows, size, 'audit-entries', organizationId, (row) => String(row.position));
    return { entries: items.map(({ hash, ...entry }) => auditEntryOf(entry, hash)), nextPageToken };
  }

  @Consumes(AccessRefused)
  async recordRefusal(event: Delivered<AccessRefused>, tx: Transaction): Promise<void> {
    const { method, subject, organizationId, code } = event.data;
    await this.audit.write(tx, { action: 'REFUSED', subject, organizationId, object: method, code });
  }
}
