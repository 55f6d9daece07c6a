import Table from 'cli-table3';
import type picocolors from 'picocolors';
import type { Service } from './api.ts';

/** A moment that Andon inferred, with the bounds it states, ms since the epoch. */
export interface Estimate {
  readonly at: number;
  readonly earliest: number;
  readonly latest: number;
}

/** What the demo did to the shop, and when, ms since the epoch. */
export interface Truth {
  readonly brokenAt: number;
  readonly healedAt: number;
}

/** What Andon says about the incident, ms since the epoch. */
export interface Account {
  readonly onset: Estimate;
  readonly detectedAt: number;
  readonly recovery: Estimate;
}

/** A claim of Andon's beside the truth. All in ms; `claim`, `truth`, `low` and `high` are counted from the fault. */
export interface Score {
  readonly name: string;
  readonly claim: number;
  readonly truth: number;
  readonly low: number;
  readonly high: number;
  /** Whether the truth lies between `low` and `high`, give or take `slack`. */
  readonly within: boolean;
}

/** How the story is printed: where the reader's clock is, and with which colours. */
export interface Style {
  /** IANA name; absent: the machine's own zone. */
  readonly timeZone?: string;
  readonly colors: ReturnType<typeof picocolors.createColors>;
}

/** One line of the story: the clock, the seconds since the fault, what happened. */
export function storyLine(style: Style, at: number, brokenAt: number | undefined, what: string, told: string): string {
  const since = brokenAt === undefined ? '' : signedSeconds(at - brokenAt);
  return `${style.colors.dim(clockTime(at, style))}  ${since.padStart(8)}  ${style.colors.bold(what.padEnd(10))} ${told}`;
}

/** How a service stands to its targets: `success_rate 99.98 % over 10s, queue 3`. */
export function readingsText(service: Service): string {
  return service.scopes
    .flatMap(({ targets }) => targets)
    .map(({ signal, windowSeconds, reading }) => {
      const over = windowSeconds === undefined ? '' : ` over ${windowSeconds} s`;
      if (reading.value === null) return `${signal} unknown${over}: ${reading.unknown?.reason ?? 'no reason given'}`;
      // Only shares count events.
      const share = reading.total !== undefined;
      return `${signal} ${share ? `${round(reading.value * 100)} %` : round(reading.value)}${over}`;
    })
    .join(', ');
}

/** What the estimate claims, how far off it is, and within which bounds it was stated. */
export function estimateText(estimate: Estimate, truth: number): string {
  const off = Math.abs(estimate.at - truth);
  const side = estimate.at < truth ? 'before' : 'after';
  const low = signedSeconds(estimate.earliest - truth);
  return `${seconds(off)} ${side} the truth, stated as ${low} to ${signedSeconds(estimate.latest - truth)}`;
}

/**
 * Holds Andon's account against the truth. `slackMs` is what no reader of samples can see: a fault that begins just
 * after a scrape leaves its first trace one interval later.
 */
export function scores(truth: Truth, account: Account, slackMs: number): readonly Score[] {
  const { onset, detectedAt, recovery } = account;
  const since = (at: number): number => at - truth.brokenAt;
  return [
    score('onset', since(onset.at), 0, since(onset.earliest), since(onset.latest), slackMs),
    score(
      'MTTD (detected − onset)',
      detectedAt - onset.at,
      since(detectedAt),
      detectedAt - onset.latest,
      detectedAt - onset.earliest,
      slackMs,
    ),
    score(
      'recovered',
      since(recovery.at),
      since(truth.healedAt),
      since(recovery.earliest),
      since(recovery.latest),
      slackMs,
    ),
    score(
      'MTTR (recovered − onset)',
      recovery.at - onset.at,
      since(truth.healedAt),
      recovery.earliest - onset.latest,
      recovery.latest - onset.earliest,
      // It rests on two inferred moments.
      2 * slackMs,
    ),
  ];
}

/** The closing table. */
export function scoreTable(all: readonly Score[], { colors }: Style): string {
  const table = new Table({
    head: ['', 'Andon', 'truth', 'error', 'stated bounds', ''],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  for (const { name, claim, truth, low, high, within } of all) {
    table.push([
      name,
      seconds(claim),
      seconds(truth),
      signedSeconds(claim - truth),
      `${seconds(low)} … ${seconds(high)}`,
      within ? colors.green('within') : colors.red('outside'),
    ]);
  }
  return table.toString();
}

function score(name: string, claim: number, truth: number, low: number, high: number, slackMs: number): Score {
  return { name, claim, truth, low, high, within: truth >= low - slackMs && truth <= high + slackMs };
}

/** `3.2 s`. */
function seconds(ms: number): string {
  const text = (Math.abs(ms) / 1000).toFixed(1);
  return `${ms < 0 && text !== '0.0' ? '−' : ''}${text} s`;
}

function signedSeconds(ms: number): string {
  const text = seconds(ms);
  return text.startsWith('−') ? text : `+${text}`;
}

function clockTime(at: number, { timeZone }: Style): string {
  return new Date(at).toLocaleTimeString('en-GB', timeZone === undefined ? {} : { timeZone });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
