import { describeBudgetSpent } from '../../domain/budget/budget-spent.ts';
import { formatSpan } from '../../domain/text/duration.ts';
import { describeDefinition } from '../../domain/incident/describe-definition-change.ts';
import type { StopFacts, StoredEvent } from '../../domain/incident/event.ts';
import type { TimeEstimate } from '../../domain/estimate/onset.ts';
import { formatUtc } from '../../domain/text/utc.ts';
import { describeVerdict } from '../../domain/reading/verdict-text.ts';

/** What an event says beyond its type, for people; lines are parted by line breaks. */
export function describeEvent(event: StoredEvent): string {
  switch (event.type) {
    case 'opened':
    case 'rule-joined':
    case 'relapsed':
      return describeStop(event.stop);
    case 'onset-settled':
      return `${describeEstimate(event.onset)} (${event.onset.method})`;
    case 'notified':
      return event.channel;
    case 'undeliverable':
      return `${event.channel}: ${event.reason}`;
    case 'acknowledged':
      return event.note === undefined ? event.by : `${event.by}: ${event.note}`;
    case 'noted':
      return `${event.by}: ${event.note}`;
    case 'blinded':
      return `${event.reason}: ${event.detail}`;
    case 'sighted':
      return `after ${formatSpan(event.blindForMs)}`;
    case 'definition-changed':
      return describeDefinition(event);
    case 'unwatched':
      return 'the service left the rule files';
    case 'resolved':
      return [
        `back since ${describeEstimate(event.recovery)}`,
        ...(event.budgetsSpent ?? []).map(describeBudgetSpent),
      ].join('\n');
    case 'closed':
      return '';
    case 'closed-by-hand':
      return `${event.by}: ${event.because}`;
  }
}

/** A moment with its bounds. */
export function describeEstimate({ at, earliest, latest }: TimeEstimate): string {
  return `${formatUtc(at)}, between ${formatUtc(earliest)} and ${formatUtc(latest)}`;
}

function describeStop({ rule, severity, because, budgets = [], verdicts }: StopFacts): string {
  const missed = verdicts.filter(({ verdict }) => verdict === 'missed').map(describeVerdict);
  return [`${rule} (${severity}, ${because})`, ...budgets, ...missed].join('\n');
}
