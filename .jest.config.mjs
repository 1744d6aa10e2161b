import { readFileSync } from 'node:fs';

// The build rewrites `.ts` specifiers to `.js`; under jest the sources run in place.
const swc = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));
delete swc.jsc.rewriteRelativeImportExtensions;

export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false }] },
  testMatch: ['**/*.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/test/support/closing-line.mjs'],
};
