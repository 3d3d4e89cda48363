/** One jest run over every lib and app; a single one: `npx nx test <name>`, or `jest --selectProjects <name>`. */
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

/** swc transform to CommonJS; workspace libs are read from source through the "@milena/source" export condition. */
const preset = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@milena/source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // What is published as ES modules only is transformed too.
  transformIgnorePatterns: ['/node_modules/(?!(@milena|commander)/)'],
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
};

const projects = ['libs', 'apps'].flatMap((group) =>
  readdirSync(join(__dirname, group))
    .filter((name) => existsSync(join(__dirname, group, name, 'package.json')))
    .map((name) => ({ ...preset, displayName: name, rootDir: join(__dirname, group, name) })),
);

// Jest leaves one core to itself by default; on two cores that would run everything in one process.
module.exports = { projects, coverageProvider: 'v8', maxWorkers: '100%' };
