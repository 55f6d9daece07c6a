/** ESM and TypeScript by swc; run through Node with --experimental-vm-modules (see package.json). */
export default {
  testEnvironment: '<rootDir>/tests/support/plain-environment.mjs',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024', experimental: { keepImportAttributes: true } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/tests/support/run-folder.ts',
  testTimeout: 20_000,
};
