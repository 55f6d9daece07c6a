/** The arrows of docs/architecture.md: main → cli → compose → adapters → app → domain, config → domain. */
const layer = (path) => ({ path: `^src/${path}` });
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      comment: 'The domain imports nothing but itself: no package, no Node module.',
      severity: 'error',
      from: layer('domain/'),
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'texts-stand-alone',
      severity: 'error',
      from: layer('domain/text/'),
      to: { path: '^src/', pathNot: '^src/domain/(text/|interval)' },
    },
    {
      name: 'incidents-stand-above-readings',
      comment: 'What is read, estimated or budgeted does not know of incidents, and they do not know who is told.',
      severity: 'error',
      from: layer('domain/(service|reading|estimate|budget)/'),
      to: { path: '^src/domain/(incident|notification)/' },
    },
    {
      name: 'incidents-do-not-know-who-acts-on-them',
      comment: 'Notifications, gates and the log stand above incidents.',
      severity: 'error',
      from: layer('domain/(service|reading|estimate|budget|incident|change)/'),
      to: layer('domain/(notification|gate|log)/'),
    },
    {
      name: 'polling-stands-above-its-parts',
      comment: 'The loop uses sources, the past, budgets and the record; none of them knows of the loop.',
      severity: 'error',
      from: { path: '^src/app/[^/]+/', pathNot: '^src/app/polling/' },
      to: layer('app/polling/'),
    },
    {
      name: 'config-imports-domain-only',
      severity: 'error',
      from: layer('config/'),
      to: { path: '^src/', pathNot: '^src/(config|domain)/' },
    },
    {
      name: 'config-does-no-io',
      severity: 'error',
      from: layer('config/'),
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'app-imports-domain-only',
      comment: 'Use cases know ports, never a technology. handlebars and the like live in adapters.',
      severity: 'error',
      from: layer('app/'),
      to: { pathNot: '^src/(app|domain)/' },
    },
    {
      name: 'adapters-import-app-and-domain',
      severity: 'error',
      from: layer('adapters/'),
      to: { path: '^src/', pathNot: '^src/(adapters|app|domain)/' },
    },
    {
      name: 'adapters-never-import-each-other',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'channels-never-import-each-other',
      comment: 'What all channels need stands in posting, facts and template, which know no channel.',
      severity: 'error',
      from: { path: '^src/adapters/channels/([^/]+)/' },
      to: { path: '^src/adapters/channels/', pathNot: '^src/adapters/channels/($1|posting|facts|template)/' },
    },
    {
      name: 'only-compose-knows-adapters',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(adapters/|compose)' },
      to: layer('adapters/'),
    },
    {
      name: 'nothing-imports-main-or-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main\\.ts|run\\.ts|cli/)' },
      to: { path: '^src/(main\\.ts|cli/)' },
    },
    {
      name: 'src-imports-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(tests|demo|bench|tools)/' },
    },
    { name: 'not-to-dev-dependency', severity: 'error', from: { path: '^src/' }, to: { dependencyTypes: ['npm-dev'] } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    // TypeScript 7 has no parser that depcruise knows; what it falls back to misses `export type … from`. swc reads both,
    // all but types written as import('…'), which the linter refuses (consistent-type-imports).
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
