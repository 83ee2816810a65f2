// How our code is written, where a machine can tell (style.md). tools/checks/fixtures/lint breaks each rule of ours once; the check runs over it too.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const SPECS = ['**/*.spec.ts', '**/src/test/**/*.ts', 'tests/**/*.ts', 'libs/testing/**/*.ts', 'libs/platform/src/bus/{contract*,spec-database}.ts'];
/** Pure by contract: the kernel, and the files of a capability whose name does not put them in the shell (see .dependency-cruiser.cjs). */
const CORES = ['libs/kernel/src/*.ts', 'services/*/src/*/*.ts'];
const NOT_CORES = ['**/*.*.ts', '**/test/**', 'services/gateway/**', 'services/identity/src/{oidc,audit,password}/**'];

const NO_BARRELS = [
  { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that defines.' },
  { selector: 'ExportNamedDeclaration[source]', message: 'No barrels: import from the file that defines.' },
  { selector: 'TSEnumDeclaration', message: 'A union of strings, not an enum.' },
];
const NO_SILENT_TESTS = [
  { selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo|failing|concurrent)$/]', message: 'Every test runs, each time.' },
  { selector: 'CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]', message: 'Every test runs, each time.' },
];
const PURE = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'A core has no clock: `now` is an argument.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'A core has no clock: `now` is an argument.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'A core has no chance: random numbers come in as arguments.' },
  { selector: 'CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate|queueMicrotask|fetch)$/]', message: 'A core waits for nothing and calls nobody.' },
  { selector: 'Identifier[name=/^(process|console|performance|crypto)$/]', message: 'A core has no I/O.' },
  { selector: ':function[async=true]', message: 'A core waits for nothing.' },
];

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '**/src/gen/', '**/third_party/', 'tools/checks/fixtures/', '.naru/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,mjs,cjs}'],
    rules: {
      'array-callback-return': 'error',
      eqeqeq: 'error',
      'no-async-promise-executor': 'error',
      'no-cond-assign': ['error', 'except-parens'],
      'no-constant-binary-expression': 'error',
      'no-debugger': 'error',
      'no-dupe-else-if': 'error',
      'no-empty': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unsafe-finally': 'error',
      'no-useless-rename': 'error',
      'no-var': 'error',
      'object-shorthand': ['error', 'properties'],
      'prefer-const': ['error', { destructuring: 'all' }],
      'no-restricted-syntax': ['error', ...NO_BARRELS],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: dirname(fileURLToPath(import.meta.url)) } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // rows[0]! after a statement that gives one row says more than a branch that nothing reaches; indexes are checked by the compiler
      '@typescript-eslint/no-non-null-assertion': 'off',
      // the compiler says it already
      '@typescript-eslint/no-unused-vars': 'off',
      // ports are asynchronous for the adapter that needs it
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true }],
      '@typescript-eslint/no-meaningless-void-operator': 'off', // `void` makes an arrow give nothing
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // it cannot see what changes while a function waits
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // a port may answer at once or later: void | Promise<void>
      '@typescript-eslint/no-invalid-void-type': 'off',
      // generated codecs are objects of functions: codes.map(Lot.fromPartial)
      '@typescript-eslint/unbound-method': 'off',
      // rows hold the words of the contracts' enumerations; the tables check them
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // options of frameworks are declared as classes and given as objects
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off', // `query<Row>` names what a statement gives
    },
  },
  { files: ['libs/**/*.ts', 'services/**/*.ts'], ignores: SPECS, rules: { 'no-console': 'error', 'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }] } },
  { files: CORES, ignores: NOT_CORES, rules: { 'no-restricted-syntax': ['error', ...NO_BARRELS, ...PURE] } },
  {
    files: SPECS,
    rules: { 'no-restricted-syntax': ['error', ...NO_BARRELS, ...NO_SILENT_TESTS] },
  },
  {
    files: ['**/{utils,util,helpers,helper,common,manager,managers,base,index}.ts', '**/src/**/{utils,util,helpers,helper,common,managers,base}/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', { selector: 'Program', message: 'A name that says what is in it.' }] },
  },
);
