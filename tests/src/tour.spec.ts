import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Launched, ROOT, freePort } from './launched.js';
import { busEnvironment } from './test-bus.js';

const home = mkdtempSync(join(tmpdir(), 'naru-tour-'));

/** The shell blocks of the README's tour, word for word, as one script. */
function tour(): string {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  return [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1]!).join('\n');
}

let launched: Launched;
let answers = '';

beforeAll(async () => {
  launched = new Launched(home, await freePort(), await busEnvironment());
  const { over } = await launched.dayOrEnd();
  if (!over) throw new Error(`the system ended:\n${launched.output}`);
  const { stdout } = await promisify(execFile)('bash', ['-c', tour()], { cwd: ROOT, env: { ...process.env, NARU_HOME: home } });
  answers = stdout;
}, 120_000);

afterAll(async () => {
  await launched?.stop();
  rmSync(home, { recursive: true, force: true });
}, 20_000);

describe('the tour of the README, word for word', () => {
  it('reads the public board of the real day', () => expect(answers).toMatch(/"lotsSold":"137","lotsPassed":"2"/));
  it('is refused without a token, with a problem document', () => expect(answers).toMatch(/"status":401.*"code":"UNAUTHENTICATED"/));
  it('announces a consignment', () => expect(answers).toMatch(/"phase":"CONSIGNMENT_PHASE_ANNOUNCED"/));
  it('brings the truck in', () => expect(answers).toMatch(/"phase":"APPOINTMENT_PHASE_WAITING"/));
  it('receives the goods as expected and puts them away', () => {
    expect(answers).toMatch(/"findings":\["FINDING_AS_EXPECTED"\]/);
    expect(answers).toMatch(/"phase":"RECEIPT_PHASE_PUT_AWAY"/);
  });
  it('starts a session', () => expect(answers).toMatch(/"phase":"SESSION_PHASE_RUNNING"/));
  it('takes two bids, the first at its reserve, the second outbid at once', () => {
    expect(answers).toMatch(/"sequence":"1".*"limit":\{"currency":"KRW","amount":"52000"\}.*"leading":true,"price":\{"currency":"KRW","amount":"40000"\}/);
    expect(answers).toMatch(/"sequence":"2".*"limit":\{"currency":"KRW","amount":"47000"\}.*"leading":false,"price":\{"currency":"KRW","amount":"47200"\}/);
  });
  it('refuses a bid below the minimum and says the minimum', () => expect(answers).toMatch(/"status":422.*"code":"BID_TOO_LOW".*"minimum":"47400"/));
  it('shows the lot to its leader', () => expect(answers).toMatch(/"phase":"LOT_PHASE_OPEN".*"leading":true/));
});
