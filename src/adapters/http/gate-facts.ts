import type { Freeze, Override } from '../../domain/gate/freeze.ts';
import type { GateAnswer, GateState } from '../../domain/gate/gate-answer.ts';
import { everyService } from '../../domain/gate/gate-event.ts';
import { groupText } from '../../domain/service/group.ts';
import type { ShadowStop } from '../../domain/shadow/shadow-stop.ts';
import { formatLeft, formatSpan } from '../../domain/text/duration.ts';
import { formatUtc } from '../../domain/text/utc.ts';

/** What a page shows of a gate. `now`: ms on Andon's clock. */
export function gateFacts(answer: GateAnswer, overrides: readonly Override[], now: number) {
  const { state, words, reason, findings, freezes, service, passage } = answer;
  const [, ...others] = findings;
  return {
    // What passes by leave of somebody is not well.
    label: passage === undefined ? `gate ${state}` : `gate ${state}, ${reason}`,
    words,
    tone: passage === undefined ? toneOf(state) : 'unknown',
    // Each freeze has a line of its own below.
    others: others
      .filter((finding) => finding.reason !== 'frozen')
      .map((finding) => ({ state: finding.state, tone: toneOf(finding.state), words: finding.words })),
    freezes: freezes.map((freeze) => ({ id: freeze.id, text: freezeText(freeze, now) })),
    overrides: overrides
      .filter((override) => override.service === service)
      .map((override) => ({ id: override.id, text: overrideText(override, now) })),
  };
}

/** `payments-slow (page) would have stopped the line at …, for 12m 5s`. */
export function shadowText({ rule, severity, group, firedAt, clearedAt }: ShadowStop): string {
  const scope = groupText(group);
  const where = scope === '' ? '' : ` of ${scope}`;
  const long = clearedAt === undefined ? 'and still would' : `for ${formatSpan(Math.max(0, clearedAt - firedAt))}`;
  return `${rule} (${severity}) would have stopped the line${where} at ${formatUtc(firedAt)}, ${long}`;
}

/** The style of a verdict that says as much. */
function toneOf(state: GateState): 'held' | 'missed' | 'unknown' {
  switch (state) {
    case 'pass':
      return 'held';
    case 'stop':
      return 'missed';
    case 'warn':
    case 'hold':
    case 'unknown':
      return 'unknown';
  }
}

function freezeText({ service, by, reason, at, until, liftsWhen }: Freeze, now: number): string {
  const what = service === everyService ? 'every line' : 'this line';
  const ends = [
    ...(until === undefined ? [] : [`until ${momentText(until, now)}`]),
    ...(liftsWhen === 'end-state-held' ? ['until the end state has held'] : []),
  ];
  const end = ends.length === 0 ? 'until somebody lifts it' : ends.join(' or ');
  return `${by} stopped ${what} at ${formatUtc(at)}, ${end}: ${reason}`;
}

function overrideText({ by, reason, until, change }: Override, now: number): string {
  const what = change === undefined ? 'changes' : `the change ${change}`;
  return `${by} lets ${what} pass until ${momentText(until, now)}: ${reason}`;
}

function momentText(at: number, now: number): string {
  return `${formatUtc(at)} (in ${formatLeft(at - now)})`;
}
