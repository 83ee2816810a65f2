// Contracts only add: proto/ against the last release tag, before the first release against the parent commit. And, so that the check is
// known to see something, against a copy of itself from which a field was taken.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../prepare.mjs';

const work = mkdtempSync(join(tmpdir(), 'naru-breaking-'));
const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });

/** A module of ours in a folder of its own, with the third-party files that it imports. */
function moduleIn(name, fill) {
  const folder = join(work, name);
  cpSync(join(root, 'libs/contracts/third_party'), join(folder, 'libs/contracts/third_party'), { recursive: true });
  cpSync(join(root, 'buf.yaml'), join(folder, 'buf.yaml'));
  fill(folder);
  return folder;
}

function breaks(folder, against) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), 'breaking', folder, '--against', against], { cwd: folder, encoding: 'utf8' });
  return status === 0 ? '' : stdout + stderr;
}

try {
  const now = moduleIn('now', (folder) => cpSync(join(root, 'proto'), join(folder, 'proto'), { recursive: true }));
  const shorn = moduleIn('shorn', (folder) => {
    cpSync(join(root, 'proto'), join(folder, 'proto'), { recursive: true });
    const file = join(folder, 'proto/naru/auction/v1/lot_service.proto');
    writeFileSync(file, readFileSync(file, 'utf8').replace('  bool leading = 6;\n', ''));
  });
  if (!breaks(shorn, now).includes('"leading"')) {
    console.log('a field was taken from lot_service.proto and nothing was said: the check sees nothing');
    process.exitCode = 1;
  }
  const release = git('describe', '--tags', '--abbrev=0', '--match', 'v*').stdout.trim();
  const base = release || 'HEAD~1';
  if (git('rev-parse', '--verify', '--quiet', `${base}:proto`).status === 0) {
    const before = moduleIn('before', (folder) => {
      const archive = spawnSync('git', ['archive', base, 'proto'], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
      execFileSync('tar', ['-x', '-C', folder], { input: archive.stdout });
    });
    const found = breaks(now, before);
    if (found) {
      console.log(`contracts break what ${base} promised:\n${found.trimEnd()}`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
