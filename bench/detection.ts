import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endOnSignals } from './support/end-on-signals.ts';
import { runDetectionTrials, type Trial } from './support/detection-trials.ts';
import { printResult, printTable } from './support/print-result.ts';
import { median, quantile, round } from './support/statistics.ts';

/*
 * How soon a page goes out after a fault: Andon, and beside it in the same run the reference pipeline of a Prometheus
 * alerting rule with the same expression, evaluated as often as the targets are scraped, and an Alertmanager that
 * does not wait. Both read the same Prometheus.
 */

endOnSignals();
const { values } = parseArgs({
  options: {
    intervals: { type: 'string', default: '1,5' },
    pairs: { type: 'string', default: '12' },
    seed: { type: 'string', default: '20261122' },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'andon-bench-detection-'));
const result: Record<string, unknown> = { bench: 'detection', seed: Number(values.seed) };
const rows: (string | number)[][] = [];
try {
  for (const seconds of values.intervals.split(',').map(Number)) {
    const trials = await runDetectionTrials({
      intervalMs: seconds * 1_000,
      pairs: Number(values.pairs),
      seed: Number(values.seed),
      folder: join(folder, `${seconds}s`),
    });
    await writeFile(join(folder, `${seconds}s.json`), JSON.stringify(trials));
    const summary = summarise(trials);
    result[`${seconds}s`] = summary;
    rows.push(
      ['andon', `${seconds} s`, trials.length, summary.andonMedianMs, summary.andonP95Ms, summary.ratio],
      ['reference', `${seconds} s`, trials.length, summary.referenceMedianMs, summary.referenceP95Ms, 1],
      [
        'andon, after the scrape',
        `${seconds} s`,
        trials.length,
        summary.addedAfterScrapeMedianMs,
        summary.addedAfterScrapeP95Ms,
        '',
      ],
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
printTable('Fault to webhook, ms', ['pipeline', 'interval', 'faults', 'median', 'p95', 'ratio of medians'], rows);
printResult(result);

function summarise(trials: readonly Trial[]) {
  const andon = trials.map((each) => each.andonMs);
  const reference = trials.map((each) => each.referenceMs);
  const added = trials.map((each) => each.addedAfterScrapeMs);
  return {
    faults: trials.length,
    andonMedianMs: round(median(andon)),
    andonP95Ms: round(quantile(andon, 0.95)),
    referenceMedianMs: round(median(reference)),
    referenceP95Ms: round(quantile(reference, 0.95)),
    ratio: round(median(andon) / median(reference), 3),
    addedAfterScrapeMedianMs: round(median(added)),
    addedAfterScrapeP95Ms: round(quantile(added, 0.95)),
    andonFirst: trials.filter((each) => each.andonMs < each.referenceMs).length,
  };
}
