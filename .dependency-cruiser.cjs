// Who may import whom (docs: architecture §3, style). tools/checks/fixtures/boundaries breaks every rule once; the check runs over it too.

/** Files of a capability that may know the shell: their name ends with what they do there. All others are cores. */
const SHELL = 'controller|store|events|message|turnstile|timer|shell';
/** Whole folders of the shell: they hold no rule of the domain, only protocols. */
const PROTOCOL_FOLDERS = '^services/(gateway/src/|identity/src/(oidc|audit|password)/)';
const CORE = '^services/([^/]+)/src/[^/]+/[^.]+\\.ts$';
const NOT_CORE = `${PROTOCOL_FOLDERS}|/src/test/`;

const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    error('service-to-service', 'Services ask by gRPC and tell by events; they never import each other.', { path: '^services/([^/]+)/' }, { path: '^services/', pathNot: '^services/$1/' }),
    error('core-is-pure', `A core imports the kernel, the words of the contracts and cores of its own service: nothing that has a clock, random, I/O or a framework. Name what belongs to the shell x.(${SHELL}).ts.`,
      { path: CORE, pathNot: NOT_CORE },
      { pathNot: `^libs/(kernel|contracts)/|^services/$1/src/[^/]+/[^.]+\\.ts$|^services/$1/src/[^/.]+\\.ts$|^libs/platform/(src|dist)/(rpc/call|event)\\.` }),
    error('core-knows-only-types', 'Of the shell a core may know what a caller and an event look like, not call anything.',
      { path: CORE, pathNot: NOT_CORE }, { path: '^libs/platform/', dependencyTypesNot: ['type-only'] }),
    error('kernel-alone', 'The kernel imports nothing of ours.', { path: '^libs/kernel/' }, { path: '^(libs|services|tools|tests)/', pathNot: '^libs/kernel/' }),
    error('contracts-on-kernel', 'The contracts know the kernel alone.', { path: '^libs/contracts/' }, { path: '^(libs|services|tools|tests)/', pathNot: '^libs/(contracts|kernel)/' }),
    error('platform-on-contracts', 'The shell knows the kernel and the contracts; its specs may have a PostgreSQL.', { path: '^libs/platform/', pathNot: 'spec' }, { path: '^(libs|services|tools|tests)/', pathNot: '^libs/(platform|contracts|kernel)/' }),
    error('postgres-alone', 'The launcher of PostgreSQL imports nothing of ours.', { path: '^libs/postgres/' }, { path: '^(libs|services|tools|tests)/', pathNot: '^libs/postgres/' }),
    error('libs-below-services', 'Libraries know no service.', { path: '^libs/' }, { path: '^services/' }),
    error('tools-on-top', 'Nothing stands on the tools but the tests.', { path: '^(libs|services)/' }, { path: '^tools/' }),
    error('tests-on-top', 'Nothing stands on the tests.', { pathNot: '^tests/' }, { path: '^tests/' }),
    error('testing-in-tests', 'What only tests need is not part of what runs.', { path: '^(services|tools)/', pathNot: '\\.spec\\.ts$|/test/|/bench/' }, { path: '^libs/testing/' }),
    error('specs-are-leaves', 'Nothing imports a spec.', {}, { path: '\\.spec\\.(ts|js|d\\.ts)$' }),
    error('names-say-what', 'No file for everything, and no barrel: import from the file that defines.', {}, { path: '^(libs|services|tools|tests)/.*/(utils?|helpers?|common|managers?|base|index)(\\.(ts|js|d\\.ts)$|/)', pathNot: '/gen/|/node_modules/' }),
    error('no-circles', 'Two files that need each other are one idea, or three.', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    error('all-resolved', 'An import that leads nowhere is checked by no rule. Is it built?', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    exclude: { path: '/src/gen/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: `${__dirname}/tsconfig.base.json` },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'], extensions: ['.ts', '.js', '.mjs', '.d.ts', '.json'] },
  },
};
