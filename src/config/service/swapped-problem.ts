import type { TextProblem } from '../problem.ts';
import type { Selector } from '../promql/selector.ts';
import { matchersOn, passes } from './matcher-values.ts';

interface Outcomes {
  readonly labels: readonly string[];
  /** Nobody would call these bad. */
  readonly best: readonly string[];
  /** These may be either; a client's error is often called good. */
  readonly fair?: readonly string[];
  readonly bad: readonly string[];
}

/** Label values that say by themselves how an event ended. */
const known: readonly Outcomes[] = [
  {
    labels: ['code', 'status', 'status_code', 'http_status_code', 'http_response_status_code', 'response_code'],
    best: ['200', '201', '202', '204'],
    fair: ['301', '302', '304', '400', '404', '429'],
    bad: ['500', '502', '503', '504'],
  },
  {
    labels: ['status', 'result', 'outcome'],
    best: ['success', 'succeeded', 'ok', 'OK'],
    bad: ['error', 'errors', 'failed', 'failure', 'fail'],
  },
  { labels: ['grpc_code'], best: ['OK'], bad: ['Internal', 'Unavailable', 'DataLoss', 'Unknown'] },
];

/** Says when what is called good counts failures only, or what is called bad leaves exactly the failures out. */
export function swappedProblem(selector: Selector, side: 'good' | 'bad'): TextProblem | undefined {
  for (const { labels, best, fair = [], bad } of known) {
    for (const label of labels) {
      const matchers = matchersOn(selector, label);
      const [first] = matchers;
      const lets = (value: string): boolean => matchers.every((matcher) => passes(matcher, value) !== false);
      if (first === undefined) continue;
      const [wanted, unwanted] = side === 'good' ? [[...best, ...fair], bad] : [bad, best];
      if (wanted.some(lets) || !unwanted.some(lets)) continue;
      return {
        code: 'ratio-turned-round',
        severity: 'warning',
        within: { from: first.from, to: first.to },
        message:
          side === 'good'
            ? `\`good\` counts nothing but failures here: ${first.text}`
            : `\`bad\` leaves the failures out here: ${first.text}`,
        hint:
          side === 'good'
            ? 'did you mean bad: in place of good:? Conditions and targets then still read the share of good events'
            : 'did you mean good: in place of bad:, or the opposite matcher?',
      };
    }
  }
  return undefined;
}
