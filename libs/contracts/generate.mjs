// From proto/ to code: ts-proto types and service definitions in src/gen, and the descriptor set naru.binpb.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layThirdParty } from './third-party.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const buf = (...args) => execFileSync(join(root, 'node_modules/.bin/buf'), args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });

rmSync(join(here, 'src/gen'), { recursive: true, force: true });
await layThirdParty(join(here, 'third_party'));
buf('generate', '--template', 'buf.gen.yaml');
buf('build', '-o', 'libs/contracts/naru.binpb', '--as-file-descriptor-set');

// ts-proto also writes what the contracts import; nothing imports descriptor, validate and the annotations.
for (const unused of ['buf', 'google/api/annotations.ts', 'google/api/http.ts', 'naru/options', 'google/protobuf/descriptor.ts']) rmSync(join(here, 'src/gen', unused), { recursive: true, force: true });
for (const file of readdirSync(join(here, 'src/gen'), { recursive: true }).filter((f) => f.endsWith('.ts'))) {
  const path = join(here, 'src/gen', file);
  writeFileSync(path, `// @ts-nocheck\n${readFileSync(path, 'utf8')}`);
}
