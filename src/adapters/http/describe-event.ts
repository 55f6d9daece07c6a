import { describeBudgetSpent } from '../../domain/budget/budget-spent.ts';
import { describeSuspects } from '../../domain/change/describe-suspect.ts';
import { formatSpan } from '../../domain/text/duration.ts';
import { describeAlert } from '../../domain/incident/describe-alert.ts';
import { describeReminder } from '../../domain/incident/describe-reminder.ts';
import { describeDefinition } from '../../domain/incident/describe-definition-change.ts';
import { describeWithheld } from '../../domain/incident/describe-withheld.ts';
import type { StopFacts, StoredEvent } from '../../domain/incident/event.ts';
import { describeStanding } from '../../domain/incident/standing.ts';
import type { TimeEstimate } from '../../domain/estimate/onset.ts';
import { describeSilencing } from '../../domain/silence/describe-silence.ts';
import { formatUtc } from '../../domain/text/utc.ts';
import { describeVerdict } from '../../domain/reading/verdict-text.ts';

/** What an event says beyond its type, for people; lines are parted by line breaks. */
export function describeEvent(event: StoredEvent): string {
  return [describeFacts(event), ...describeStandingOf(event), ...describeTelling(event)]
    .filter((text) => text !== '')
    .join('\n');
}

/** How it stood when it was told of late; a reminder says so to those that it reminds. */
function describeStandingOf(event: StoredEvent): readonly string[] {
  return event.type === 'unsilenced' || event.type === 'grouped' || event.type === 'steadied'
    ? describeStanding(event)
    : [];
}

/** Why channels were not told of it, or not of it alone. */
function describeTelling(event: StoredEvent): readonly string[] {
  if (!('told' in event || 'silencedBy' in event || 'groupedUnder' in event || 'withheld' in event)) return [];
  const { silencedBy, groupedUnder, withheld = [], withheldFor } = event;
  const flapping = event.type === 'relapsed' ? event.flapping : undefined;
  return [
    ...(silencedBy === undefined ? [] : [describeSilencing(silencedBy)]),
    ...(groupedUnder === undefined
      ? []
      : [`told under ${groupedUnder.incidentId} on ${groupedUnder.channels.join(', ')}`]),
    ...(flapping === undefined
      ? []
      : [`it flaps: off and on ${flapping.times} times since ${formatUtc(flapping.since)}`]),
    ...(silencedBy !== undefined || withheld.length === 0 ? [] : [describeWithheld(withheld, withheldFor)]),
  ];
}

function describeFacts(event: StoredEvent): string {
  switch (event.type) {
    case 'relapsed': {
      const off = event.onset === undefined ? [] : [`off again since ${describeEstimate(event.onset)}`];
      return [describeStop(event.stop), ...off, ...describeSuspects(event.suspects ?? [])].join('\n');
    }
    case 'opened':
      return [describeStop(event.stop), ...describeSuspects(event.suspects ?? [])].join('\n');
    case 'rule-joined':
      return describeStop(event.stop);
    case 'onset-settled':
      return `${describeEstimate(event.onset)} (${event.onset.method})`;
    case 'suspected':
      return [
        ...(event.relapse === undefined ? [] : [`of relapse ${event.relapse}:`]),
        describeSuspects(event.suspects).join('\n') || 'no change any more',
      ].join('\n');
    case 'notified':
      return event.channel;
    case 'undeliverable':
      return `${event.channel}: ${event.reason}`;
    case 'acknowledged':
      return event.note === undefined ? event.by : `${event.by}: ${event.note}`;
    case 'reminded':
      return describeReminder({ ...event, channels: event.told ?? [] });
    case 'alerted':
      return describeAlert(event.alert, event.status);
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
    case 'unsilenced':
      return `it ends that it was ${describeSilencing(event.silence)}; told now: ${(event.told ?? []).join(', ')}`;
    case 'grouped':
      return `${event.members.length === 1 ? '1 incident is' : `${event.members.length} incidents are`} told under this one: ${event.members.join(', ')}`;
    case 'steadied':
      return `${event.kind === 'relapsed' ? 'steadily off' : 'steadily back'} after ${event.relapses} relapses`;
    case 'group-over':
      return `all that is told under it is back; told now: ${(event.told ?? []).join(', ')}`;
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
