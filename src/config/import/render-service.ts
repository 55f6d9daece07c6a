import { Document, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { formatDuration } from '../../domain/text/duration.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { ImportedPeriod, ImportedSignal } from './imported-slo.ts';
import type { BudgetDraft, RuleDraft, ServiceDraft, SignalDraft, TargetDraft } from './service-draft.ts';

interface Words {
  readonly summary: string | undefined;
  readonly runbook: string | undefined;
}

const derivedEndState = [
  'Derived by the import, since the source knows no end state: each objective, held over 5 minutes, for 10 minutes.',
  'Where traffic is thin, read the targets over a longer window.',
];

/** A service as the text of a rule file. */
export function renderService(draft: ServiceDraft): string {
  const { name, description, owner, runbook, labels, source, notify, signals, summary, targets, budgets, rules } =
    draft;
  const document = new Document({
    apiVersion: 'andon/v1',
    kind: 'Service',
    metadata: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(owner === undefined ? {} : { owner }),
      ...(runbook === undefined ? {} : { runbook }),
      ...(isEmpty(labels) ? {} : { labels }),
    },
    spec: {
      ...(source === undefined ? {} : { source }),
      ...(notify.length === 0 ? {} : { notify }),
      signals: Object.fromEntries(signals.map((signal) => [signal.name, signalOf(signal)])),
      endState: { summary, hold: '10m', targets: targets.map(targetOf) },
      ...(budgets.length === 0 ? {} : { errorBudgets: budgets.map(budgetOf) }),
      ...(rules.length === 0 ? {} : { stopTheLine: rules.map(ruleOf) }),
    },
  });
  document.commentBefore = commentOf(draft.comments);
  const spec = document.getIn(['spec']) as YAMLMap;
  for (const { name: signal, comment } of signals) commentKey(spec.get('signals') as YAMLMap, signal, [comment]);
  commentKey(spec, 'endState', derivedEndState);
  inFlow(document.getIn(['spec', 'notify']));
  inFlow(document.getIn(['metadata', 'labels']));
  for (const each of itemsIn(spec, ['endState', 'targets'])) inFlow(each);
  itemsIn(spec, ['errorBudgets']).forEach((node, index) => {
    node.commentBefore = commentOf([budgets[index]?.comment ?? '']);
    if (!isMap(node)) return;
    inFlow(node.get('period', true));
    inFlow(node.get('method', true));
    const rates = node.get('burnRates', true);
    if (!isSeq<Node>(rates)) return;
    if (rates.items.every(isScalar)) inFlow(rates);
    // With a summary or a runbook one line would be too long to read.
    for (const each of rates.items) {
      if (isMap(each) && (each.has('summary') || each.has('runbook'))) inFlow(each.get('labels', true));
      else inFlow(each);
    }
  });
  itemsIn(spec, ['stopTheLine']).forEach((node, index) => {
    node.commentBefore = commentOf([rules[index]?.comment ?? '']);
    if (isMap(node)) inFlow(node.get('labels', true));
    if (isMap(node)) inFlow(node.get('onUnknown', true));
  });
  for (const { name: signal } of signals) inFlow(spec.getIn(['signals', signal, 'by'], true));
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function signalOf({ signal, by, description }: SignalDraft): unknown {
  return {
    ...(description === undefined ? {} : { description }),
    ...(by.length === 0 ? {} : { by }),
    ...kindOf(signal),
  };
}

function kindOf(signal: ImportedSignal): object {
  switch (signal.kind) {
    case 'ratio':
      return { ratio: { [signal.side]: signal.numerator, total: signal.total } };
    case 'latency': {
      const { histogram, thresholdMs, native } = signal;
      return { latency: { histogram, threshold: formatDuration(thresholdMs), ...(native ? { native } : {}) } };
    }
    case 'gauge':
      return { gauge: { query: signal.query } };
  }
}

function targetOf({ signal, bound, value, over }: TargetDraft): unknown {
  return { signal, [bound]: value, ...(over === undefined ? {} : { over }) };
}

function budgetOf({ signal, name, objective, period, method, burnRates }: BudgetDraft): unknown {
  return {
    signal,
    ...(name === undefined ? {} : { name }),
    objective: formatRatio(objective),
    period: periodOf(period),
    ...(method === undefined ? {} : { method }),
    ...(burnRates.length === 0 ? {} : { burnRates: burnRates.map(burnRateOf) }),
  };
}

function periodOf(period: ImportedPeriod): unknown {
  if (period.kind === 'rolling') return formatDuration(period.ms);
  return { calendar: period.unit, timeZone: period.timeZone };
}

function burnRateOf(rate: BudgetDraft['burnRates'][number]): unknown {
  if (typeof rate === 'string') return rate;
  const { severity, share, longMs, shortMs, labels = {}, summary, runbook } = rate;
  return {
    severity,
    ...(share === undefined ? {} : { budget: formatRatio(share) }),
    ...(longMs === undefined ? {} : { over: formatDuration(longMs) }),
    ...(shortMs === undefined || shortMs * 12 === longMs ? {} : { short: formatDuration(shortMs) }),
    ...wordsIn({ labels, summary, runbook }),
  };
}

function wordsIn({ labels, summary, runbook }: Pick<RuleDraft, 'labels'> & Words): object {
  return {
    ...(isEmpty(labels) ? {} : { labels }),
    ...(summary === undefined ? {} : { summary }),
    ...(runbook === undefined ? {} : { runbook }),
  };
}

function ruleOf({ name, when, forMs, severity, labels, summary, runbook, openAfterMs }: RuleDraft): unknown {
  return {
    name,
    when,
    ...(forMs === 0 ? {} : { for: formatDuration(forMs) }),
    severity,
    ...wordsIn({ labels, summary, runbook }),
    ...(openAfterMs === undefined ? {} : { onUnknown: { openAfter: formatDuration(openAfterMs) } }),
  };
}

function commentKey(map: YAMLMap, key: string, lines: readonly string[]): void {
  const pair = map.items.find((each): each is Pair<Node> => isScalar(each.key) && each.key.value === key);
  if (pair !== undefined) pair.key.commentBefore = commentOf(lines);
}

/** Names and paths of the input stand in comments, and may hold anything: nothing in them may end the comment. */
function commentOf(lines: readonly string[]): string {
  return lines.map((line) => ` ${line.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`).join('\n');
}

function itemsIn(spec: YAMLMap, path: readonly string[]): readonly Node[] {
  const node = spec.getIn(path);
  return isSeq<Node>(node) ? node.items : [];
}

function inFlow(node: unknown): void {
  if (isMap(node) || isSeq(node)) node.flow = true;
}

function isEmpty(labels: Readonly<Record<string, string>>): boolean {
  return Object.keys(labels).length === 0;
}
