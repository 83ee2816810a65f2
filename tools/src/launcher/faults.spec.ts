import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ClusterError } from '@naru/postgres/cluster-error';
import { Fault, ensurePortIsFree, faultLine } from './faults.js';
import { type Home, openHome, rememberRun } from './home.js';

describe('a fault', () => {
  it('is one line that says what to do', () => {
    const failed = (code: string, message = code): Error => Object.assign(new Error(message), { code });
    expect(faultLine(new Fault('mend it'))).toBe('mend it');
    expect(faultLine(new ClusterError('version', 'another version'))).toBe('another version');
    expect(faultLine(failed('ENOSPC'), '/data')).toMatch(/^The disk that holds \/data is full\. Free .* start again/);
    expect(faultLine(failed('53100', 'could not extend file'))).toMatch(/is full/);
    expect(faultLine(failed('EACCES', 'mkdir x'))).toBe('cannot write there (mkdir x): start in a folder of your own, or name one with NARU_HOME');
    expect(faultLine(failed('3D000'))).toMatch(/run npm start first/);
    expect(faultLine(new Error('odd\n    at line 1'), undefined, '/data/naru.log')).toBe('could not go on: odd (details in /data/naru.log)');
  });
});

describe('a taken port', () => {
  let folder: string;
  let home: Home;
  let other: Server;
  let port: number;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'naru-home-'));
    home = openHome(folder);
    other = createServer((_, response) => response.end('{}'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    port = (other.address() as AddressInfo).port;
  });
  afterEach(() => {
    other.closeAllConnections();
    other.close();
    rmSync(folder, { recursive: true });
  });

  it('is told with another one to take', async () => {
    await expect(ensurePortIsFree(port, home)).rejects.toThrow(`port ${port} is taken by another program: stop that, or start with npm start -- --port ${port + 1}`);
  });

  it('is told to be this clone’s own', async () => {
    rememberRun(home, { pid: process.pid, url: `http://127.0.0.1:${port}`, database: 'naru' });
    await expect(ensurePortIsFree(port, home)).rejects.toThrow(`Naru runs already at http://127.0.0.1:${port}`);
  });

  it('is a free one once the other has gone', async () => {
    await new Promise((resolve) => other.close(resolve));
    await expect(ensurePortIsFree(port, home)).resolves.toBeUndefined();
  });
});
