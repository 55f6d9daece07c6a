import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Condition } from '../../../src/domain/service/condition.ts';
import { evaluate, newServiceState, type ServiceState } from '../../../src/domain/incident/evaluate.ts';
import type { IncidentEvent } from '../../../src/domain/incident/event.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import { above, aGauge, aRule, aService } from '../../support/simulation.ts';
import { tally } from '../../support/tally.ts';

/** Three real monitoring series in which people marked when something was wrong: see tests/data/nab/README.md. */
const folder = new URL('../../data/nab/', import.meta.url);
const windows = JSON.parse(readFileSync(new URL('windows.json', folder), 'utf8')) as Record<string, [string, string][]>;

const sampleMs = 300_000;

interface Sample {
  readonly at: number;
  readonly value: number;
}

function samplesOf(file: string): readonly Sample[] {
  const [, ...lines] = readFileSync(new URL(file, folder), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [time = '', value = ''] = line.split(',');
    return { at: Date.parse(`${time.replace(' ', 'T')}Z`), value: Number(value) };
  });
}

function below(signal: string, bound: number): Condition {
  const use = { signal, fold: 'latest' as const };
  return {
    text: `${signal}.latest() < ${bound}`,
    uses: [use],
    evaluate(lookup) {
      const reading = lookup(use);
      if (reading.kind === 'unknown') return { kind: 'unknown', reason: reading.reason, detail: reading.detail };
      return { kind: reading.value < bound ? 'true' : 'false' };
    },
  };
}

function watching(bound: 'atMost' | 'atLeast', value: number): Service {
  return aService({
    signals: [aGauge],
    endState: {
      summary: 'as usual',
      holdMs: 6 * sampleMs,
      watchMs: 6 * sampleMs,
      targets: [{ signal: 'lag', bound, value }],
    },
    rules: [aRule({ when: bound === 'atMost' ? above('lag', value) : below('lag', value) })],
  });
}

function play(service: Service, samples: readonly Sample[]): readonly IncidentEvent[] {
  let state: ServiceState = newServiceState;
  const events: IncidentEvent[] = [];
  for (const { at, value } of samples) {
    const observed = { kind: 'gauged' as const, signal: 'lag', groups: [{ group: {}, newestSampleAt: at, value }] };
    const evaluation = evaluate(service, state, [observed], at + 1_000, timingFor(sampleMs));
    state = evaluation.state;
    events.push(...evaluation.events);
  }
  return events;
}

// Bounds that whoever looks at the ordinary days of each series would set.
const cases = [
  { file: 'ec2_request_latency_system_failure.csv', bound: 'atMost', value: 52 },
  { file: 'rds_cpu_utilization_e47b3b.csv', bound: 'atMost', value: 22 },
  { file: 'grok_asg_anomaly.csv', bound: 'atLeast', value: 15 },
] as const;

describe.each(cases)('$file with a bound of $value', ({ file, bound, value }) => {
  const samples = samplesOf(file);
  const events = play(watching(bound, value), samples);
  const opened = events.flatMap((event) => (event.type === 'opened' ? [event] : []));
  const isBeyond = (sample: Sample): boolean => (bound === 'atMost' ? sample.value > value : sample.value < value);
  const labelled = (windows[file] ?? []).map(([from, to]) => ({
    from: Date.parse(`${from.replace(' ', 'T')}Z`),
    to: Date.parse(`${to.replace(' ', 'T')}Z`),
  }));
  const crossed = labelled.filter(({ from, to }) =>
    samples.some((sample) => sample.at >= from && sample.at <= to && isBeyond(sample)),
  );
  const found = crossed.map(({ from, to }) => ({
    from,
    incident: opened.find(({ at, onset }) => at >= from && onset.at <= to),
  }));

  test('crosses its bound in a labelled window', () => {
    expect(crossed.length).toBeGreaterThan(0);
  });

  test('has an incident in each labelled window in which it does', () => {
    for (const { incident } of found) expect(incident).toBeDefined();
  });

  test('has onsets not after detection, and not before the window began by more than a sample', () => {
    for (const { from, incident } of found) {
      expect(incident?.onset.at).toBeLessThanOrEqual(incident?.at ?? NaN);
      expect(incident?.onset.at).toBeGreaterThanOrEqual(from - sampleMs);
      expect(incident?.onset.earliest).toBeLessThanOrEqual(incident?.onset.at ?? NaN);
      expect(incident?.onset.latest).toBeGreaterThanOrEqual(incident?.onset.at ?? NaN);
    }
  });

  test('detects within one sample of the onset', () => {
    const delays = found.map(({ incident }) => (incident?.at ?? NaN) - (incident?.onset.at ?? NaN));
    expect(tally(delays).median).toBeLessThanOrEqual(sampleMs + 1_000);
  });

  test('has no onset that lies further from the crossing than a sample', () => {
    for (const { onset } of opened) {
      const before = samples.findLast((sample) => sample.at <= onset.at);
      const after = samples.find((sample) => sample.at >= onset.at);
      expect(
        before === undefined || onset.method === 'history-limit' || !isBeyond(before) || before.at === onset.at,
      ).toBe(true);
      expect(after !== undefined && isBeyond(after)).toBe(true);
    }
  });
});
