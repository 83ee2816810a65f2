import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { docsPage, docsScript, swaggerUiFiles, swaggerUiFolder } from './page.js';

describe('the page of the docs', () => {
  const { html, csp } = docsPage();
  const targets = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target]) => target!);

  it('loads from here alone', () => {
    expect(targets.length).toBeGreaterThan(3);
    for (const target of targets) expect(target).toMatch(/^\/(?!\/)/);
    expect(docsScript).not.toMatch(/https?:/);
    expect(docsScript).toContain('validatorUrl: null');
    expect(csp).toContain("default-src 'none'");
    expect(csp).not.toMatch(/http|\*|unsafe-eval/);
  });

  it('needs no inline script', () => {
    expect(html).not.toMatch(/<script(?![^>]* src=)/);
    expect(html).not.toMatch(/ on\w+=/);
    expect(csp).toContain("script-src 'self';");
  });

  it('finds its files', () => {
    const own = new Set(['/openapi.json', '/docs/init.js']);
    for (const target of targets) if (!own.has(target)) expect(swaggerUiFiles.map((file) => `/docs/${file}`)).toContain(target);
    for (const file of swaggerUiFiles) expect(existsSync(join(swaggerUiFolder, file))).toBe(true);
  });
});
