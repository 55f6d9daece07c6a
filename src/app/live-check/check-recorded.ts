import { budgetSignal, recordedRead } from '../budgets/recorded-read.ts';
import type { ErrorBudget } from '../../domain/budget/objective.ts';
import { recordedLabels as label, recordedMetric } from '../../domain/budget/recorded-series.ts';
import { prometheusDuration } from '../../domain/text/prometheus-duration.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { Service } from '../../domain/service/service.ts';
import { sourceFailed, type Finding } from './live-finding.ts';
import type { Inspector } from '../ports/inspector.ts';

/** Series looked at for one budget; where there are more, missing windows are not looked for. */
const seriesLimit = 1000;
/** An objective this little off is the same, written in other words. */
const roundingShare = 1e-9;

/**
 * Says when the recorded series are not there which a budget comes from, or were recorded for another declaration of it.
 * The path of a finding starts at the budget.
 */
export async function checkRecorded(
  service: Service,
  budget: ErrorBudget,
  inspector: Pick<Inspector, 'series' | 'values'>,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  const read = recordedRead(service)?.budgets.find(({ name }) => name === budget.name);
  const signal = budgetSignal(service, budget);
  if (read === undefined || signal === undefined) return [];
  const own = `${label.service}="${service.name}",${label.budget}="${budget.name}"`;
  const names = read.windowsMs.map(recordedMetric).join('|');
  const asked = await inspector.series(`{__name__=~"${names}",${own}}`, seriesLimit, abort);
  if (asked.kind === 'failed') return [sourceFailed([], asked.failure.detail)];
  const { series } = asked;
  if (series.length === 0)
    return [
      finding('live-not-recorded', `no series of the recording rules of \`${budget.name}\` is there`, {
        hint: 'make the rules with `andon generate prometheus-rules`, and give them to the ruler of this source',
      }),
    ];
  const recorded = new Set(series.map((labels) => labels[label.window]));
  const missing =
    series.length < seriesLimit ? read.windowsMs.map(prometheusDuration).filter((name) => !recorded.has(name)) : [];
  const unsplit = signal.by.filter((by) => series.every((labels) => labels[by] === undefined));
  return [
    ...(missing.length === 0
      ? []
      : [
          finding(
            'live-not-recorded',
            `the recording rules of \`${budget.name}\` record no window of ${missing.join(', ')}`,
            { hint: `${makeAnew}; where they are new, look again in a minute` },
          ),
        ]),
    ...(unsplit.length === 0
      ? []
      : [
          finding(
            'live-recorded-otherwise',
            `what is recorded of \`${budget.name}\` is not split by ${unsplit.join(', ')}, as its signal is`,
          ),
        ]),
    ...(await checkObjective(budget, own, inspector, abort)),
  ];
}

async function checkObjective(
  { name, objective }: ErrorBudget,
  own: string,
  inspector: Pick<Inspector, 'values'>,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  const asked = await inspector.values(`slo:objective:ratio{${own}}`, abort);
  if (asked.kind === 'failed') return [sourceFailed(['objective'], asked.failure.detail)];
  const other = asked.values.find((value) => Math.abs(value - objective) > roundingShare);
  if (other === undefined) return [];
  const message = `the rules of \`${name}\` were made for an objective of ${formatRatio(other)}, and this one is ${formatRatio(objective)}`;
  return [finding('live-recorded-otherwise', message, { severity: 'warning', path: ['objective'] })];
}

const makeAnew = 'make the rules anew with `andon generate prometheus-rules`';

interface Otherwise {
  readonly severity?: 'warning';
  readonly path?: Finding['path'];
  readonly hint?: string;
}

function finding(code: string, message: string, otherwise: Otherwise = {}): Finding {
  const { severity = 'error', path = [], hint = makeAnew } = otherwise;
  return { path, said: { severity, code, message, hint } };
}
