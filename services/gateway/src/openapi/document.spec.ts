import { describe, expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { rpcs } from '@naru/contracts/registry';
import { openApiDocument } from './document.js';
import type { Schema } from './schema.js';

interface Parameter {
  readonly $ref?: string;
  readonly name?: string;
  readonly in?: string;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
  readonly security: readonly unknown[];
  readonly 'x-naru-permission'?: string;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly securitySchemes: unknown };
}

const document = openApiDocument({ issuer: 'http://127.0.0.1:7700/oidc' }) as Document;
const operations = new Map(Object.values(document.paths).flatMap((item) => Object.values(item).map((operation) => [operation.operationId, operation] as const)));
const schemas = document.components.schemas;

describe('the OpenAPI document', () => {
  it('passes a linter', async () => {
    const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: 'openapi.json', config: await createConfig({ extends: ['recommended'] }) });
    expect(problems.filter((problem) => problem.severity === 'error').map((problem) => `${problem.ruleId}: ${problem.message}`)).toEqual([]);
  }, 30_000);

  it('has every call of the contracts, with its permission and its key', () => {
    for (const { method, access, http } of rpcs.values()) {
      if (!http) continue;
      const operation = operations.get(`${method.parent.name}_${method.name}`);
      expect(operation).toBeDefined();
      expect(operation!['x-naru-permission'] ?? '').toBe(access.permission);
      expect(operation!.security).toHaveLength(access.scope === 'PUBLIC' ? 0 : access.scope === 'SYSTEM' ? 2 : 3);
      expect(operation!.parameters!.some((parameter) => parameter.$ref?.endsWith('IdempotencyKey'))).toBe(access.idempotencyKey);
    }
  });

  it('names the parts of a path once: not in the body', () => {
    const bid = document.paths['/v1/lots/{lotId}/bids']!['post']!;
    expect(bid.parameters![0]).toEqual({ name: 'lotId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } });
    expect(Object.keys(schemas['PlaceBidRequest']!.properties!)).toEqual(['limit']);
    expect(document.paths['/v1/appointments/{appointmentId}:gateIn']!['post']!.requestBody).toBeUndefined();
  });

  it('tells the rules of a request', () => {
    expect(schemas['WithdrawLotRequest']).toMatchObject({ properties: { reason: { minLength: 1, maxLength: 200 } }, required: ['reason'], additionalProperties: false });
    expect(schemas['PlaceBidRequest']!.description).toBe('limit.amount must be positive and at most 1000000000000.');
    expect(schemas['ListLotRequest']!.properties!['startPriceAmount']).toEqual({
      type: 'string',
      format: 'int64',
      pattern: '^[0-9]{1,19}$',
      description: "Minor units of the market's currency, per trade unit. Must be greater than 0 and at most 1000000000000.",
    });
    expect(schemas['TradeUnitInput']!.properties!['base']!.enum).toEqual(['BASE_UNIT_GRAM', 'BASE_UNIT_PIECE']);
    expect(schemas['RegisterClientRequest']!.properties!['roles']).toMatchObject({ minItems: 1, maxItems: 20, uniqueItems: true });
    expect(schemas['MoneyInput']!.required).toEqual(['currency']);
  });

  it('says what an answer always holds, and takes a resource out of its wrapping', () => {
    expect(schemas['Money']!.required).toEqual(['currency', 'amount']);
    expect(schemas['Lot']!.required).toContain('leading');
    expect(schemas['Lot']!.required).not.toContain('price');
    expect(operations.get('LotService_GetLot')!.responses['200']!.content!['application/json']!.schema.$ref).toBe('#/components/schemas/Lot');
    expect(operations.get('LotService_ListLots')!.responses['200']!.content!['application/json']!.schema.$ref).toBe('#/components/schemas/ListLotsResponse');
    expect(operations.get('EventService_StreamEvents')!.responses['200']!.content).toHaveProperty('text/event-stream');
  });

  it('holds every type that it refers to, and no other', () => {
    const text = JSON.stringify(document);
    const named = new Set([...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name));
    expect([...named].sort()).toEqual(Object.keys(schemas).sort());
  });

  it('names the endpoints of the issuer', () => {
    expect(document.components.securitySchemes).toMatchObject({
      oauth: { flows: { clientCredentials: { tokenUrl: 'http://127.0.0.1:7700/oidc/token' }, authorizationCode: { authorizationUrl: 'http://127.0.0.1:7700/oidc/auth' } } },
    });
  });
});
