import Table from 'cli-table3';
import type { QueryFault } from '../tests/support/fault-proxy.ts';
import { compareUnderFaults, type SideResult } from './faults/both-sides.ts';

/**
 * `npm run bench:faults`: nine faults of the query API, each while a shop goes on failing. Who tells on-call that all is
 * well? Andon, beside vmalert (evaluating every 2 s) with Alertmanager (group_wait 0 s), through the same proxies.
 */
const faults = {
  'status-500': 'HTTP 500',
  'truncated-json': 'truncated JSON',
  html: '200 with a login page',
  'warnings-empty': '200, warnings, empty result',
  empty: '200, empty result',
  reset: 'connection reset',
  hang: 'hang',
  'hour-old': 'samples an hour old',
  nan: 'NaN',
} as const satisfies Partial<Record<QueryFault, string>>;

const faultMs = 25_000;
const atMostMs = 240_000;

// Each program that is started has a listener on the way out.
process.setMaxListeners(50);
// Ending by exit lets every program that was started be killed on the way out.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const bound = setTimeout(() => {
  console.error(`The bench did not end within ${atMostMs / 1000} s.`);
  process.exit(1);
}, atMostMs);

const results = await compareUnderFaults({
  faults: Object.keys(faults) as (keyof typeof faults)[],
  faultMs,
  say: (line) => console.log(line),
});
clearTimeout(bound);

const table = new Table({
  head: ['fault at the query API', 'Andon: false resolve', 'pages', 'reference: false resolve', 'pages'],
  style: { head: [], border: [] },
});
for (const { fault, andon, reference } of results) {
  const words = faults[fault as keyof typeof faults];
  table.push([words, inWords(andon), andon.firingPages, inWords(reference), reference.firingPages]);
}
console.log(`\n${table.toString()}`);
console.log(
  'Reference: vmalert, evaluating every 2 s, with Alertmanager. A false resolve came while the shop still failed.',
);

const count = (side: 'andon' | 'reference', which: (result: SideResult) => boolean): number =>
  results.filter((result) => which(result[side])).length;
const isFalse = ({ falseResolveAfter }: SideResult): boolean => falseResolveAfter !== undefined;
console.log(
  JSON.stringify({
    bench: 'faults',
    faults: results.length,
    faultSeconds: faultMs / 1000,
    andonFalseResolves: count('andon', isFalse),
    referenceFalseResolves: count('reference', isFalse),
    andonResolvedInTheEnd: count('andon', ({ resolvedInTheEnd }) => resolvedInTheEnd),
    referenceResolvedInTheEnd: count('reference', ({ resolvedInTheEnd }) => resolvedInTheEnd),
    andonSecondPages: count('andon', ({ firingPages }) => firingPages > 1),
    referenceSecondPages: count('reference', ({ firingPages }) => firingPages > 1),
  }),
);

function inWords({ falseResolveAfter, resolvedInTheEnd }: SideResult): string {
  const early = falseResolveAfter === undefined ? 'no' : `YES, after ${falseResolveAfter} s`;
  return resolvedInTheEnd ? early : `${early}; never resolved in the end`;
}
