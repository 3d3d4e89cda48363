// Rules of the house that a machine can check (docs/architecture.md, CONTRIBUTING.md). tools/tidy checks the rest.
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const layers = ['foundation', 'format', 'core', 'engine', 'server'];
const upTo = (layer) => layers.slice(0, layers.indexOf(layer) + 1).map((name) => `layer:${name}`);
const everythingBut = (...names) =>
  [...layers, 'adapter', 'process', 'harness', 'app']
    .filter((name) => !names.includes(name))
    .map((name) => `layer:${name}`);

const depConstraints = [
  ...layers.map((layer) => ({ sourceTag: `layer:${layer}`, onlyDependOnLibsWithTags: upTo(layer) })),
  { sourceTag: 'layer:adapter', onlyDependOnLibsWithTags: ['layer:foundation', 'layer:format', 'layer:adapter'] },
  { sourceTag: 'layer:process', onlyDependOnLibsWithTags: everythingBut('harness', 'app') },
  { sourceTag: 'layer:harness', onlyDependOnLibsWithTags: [...upTo('server'), 'layer:harness'] },
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: everythingBut('harness', 'app') },
];

// What a simulator runs may not see the outside world except through the ports of libs/platform.
const simulated = [
  'model',
  'bytes',
  'platform',
  'config-schema',
  'record-batch',
  'kafka-protocol',
  'raft',
  'replication',
  'metadata',
  'controller',
  'coordinator',
  'zookeeper',
  'cluster-protocol',
  'log-store',
  'replicated-state',
  'raft-driver',
  'metadata-follower',
  'controller-server',
  'broker-server',
  'gateway-server',
  'zookeeper-server',
  'simulation',
].map((name) => `libs/${name}/src/**/*.ts`);
const core = ['raft', 'replication', 'metadata', 'controller', 'coordinator', 'zookeeper', 'cluster-protocol'].map(
  (name) => `libs/${name}/src/**/*.ts`,
);

const ambientGlobals = [
  'Date',
  'performance',
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'queueMicrotask',
  'fetch',
  'crypto',
  'WeakRef',
  'FinalizationRegistry',
  'console',
];
const ambientModules = [
  'fs',
  'fs/promises',
  'net',
  'http',
  'http2',
  'https',
  'tls',
  'dns',
  'os',
  'timers',
  'timers/promises',
  'worker_threads',
  'child_process',
  'perf_hooks',
  'crypto',
  'zlib',
  'process',
  'async_hooks',
];
const noAsync = [
  { selector: ':function[async=true]', message: 'Core libs are synchronous.' },
  { selector: 'AwaitExpression', message: 'Core libs are synchronous.' },
  { selector: 'Identifier[name="Promise"]', message: 'Core libs are synchronous.' },
];
const houseSyntax = [
  { selector: 'ExportAllDeclaration', message: 'Name what is exported.' },
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  { selector: 'TSEnumDeclaration', message: 'Use a string union.' },
  {
    selector: 'CallExpression[callee.object.name="jest"][callee.property.name=/^(mock|doMock|spyOn)$/]',
    message: 'Use a fake of the port.',
  },
];
const noMathRandom = {
  selector: 'MemberExpression[object.name="Math"][property.name="random"]',
  message: 'Use the Random port.',
};

export default tseslint.config(
  { ignores: ['**/dist/**', '.nx/**', '.runtime/**', '.milena/**', 'libs/proto/src/gen/**', '**/node_modules/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['libs/**/*.ts', 'apps/**/*.ts'],
    extends: [...tseslint.configs.recommended, prettier],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { enforceBuildableLibDependency: false, allow: [], depConstraints }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'no-restricted-syntax': ['error', ...houseSyntax],
      eqeqeq: 'error',
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: simulated,
    rules: {
      'no-restricted-globals': [
        'error',
        ...ambientGlobals.map((name) => ({ name, message: 'Use a port of @milena/platform.' })),
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: ambientModules.flatMap((name) =>
            [name, `node:${name}`].map((each) => ({ name: each, message: 'Use a port of @milena/platform.' })),
          ),
        },
      ],
      'no-restricted-syntax': ['error', ...houseSyntax, noMathRandom],
    },
  },
  { files: core, rules: { 'no-restricted-syntax': ['error', ...houseSyntax, noMathRandom, ...noAsync] } },
  {
    files: ['**/*.spec.ts', '**/test/**/*.ts', 'libs/simulation/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    // Specs read transcripts and golden files from testdata, and may print; a describe block is not a function to read.
    files: ['**/*.spec.ts', '**/test/**/*.ts'],
    rules: {
      'no-restricted-imports': 'off',
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval'],
      'no-restricted-syntax': ['error', ...houseSyntax],
      'max-lines-per-function': 'off',
    },
  },
);
