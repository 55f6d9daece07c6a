import type { Bake } from './bake.ts';
import type {
  ChangeKind,
  ChangeOrigin,
  ChangeOutcome,
  ChangeReport,
  Remedy,
  StoredChangeEvent,
} from './change-event.ts';

/** A change as its reports tell it. Times: ms since the epoch. */
export interface Change {
  readonly id: string;
  readonly service: string;
  readonly kind: ChangeKind;
  readonly origin: ChangeOrigin;
  readonly version?: string;
  readonly before?: string;
  readonly summary?: string;
  readonly by?: string;
  readonly environment?: string;
  readonly link?: string;
  readonly rollback?: string;
  /** When it began; where nobody said, when the first report came in. */
  readonly startedAt: number;
  /** When it was over; absent while it is under way. */
  readonly finishedAt?: number;
  readonly outcome?: ChangeOutcome;
  readonly remedies?: Remedy;
  readonly firstReportedAt: number;
  readonly lastReportedAt: number;
  readonly told: Told;
  /** What the watch over it found; absent before it found anything. */
  readonly bake?: Bake;
}

/** What is remembered of the reports themselves, so that their order makes no difference. */
export interface Told {
  /** When what stands was said, by field, ms since the epoch. */
  readonly saidAt: Readonly<Partial<Record<SaidField, number>>>;
  /** When its end was said, and when an outcome was first said; ms since the epoch. */
  readonly finishedAt?: number;
  readonly outcomeAt?: number;
  /** When it was first said that it was rolled back. */
  readonly rolledBackAt?: number;
  /** True while no more is said of it than what it is to remedy, as whoever asks a gate does: it may never be made. */
  readonly announced?: true;
}

const saidFields = [
  'kind',
  'version',
  'before',
  'summary',
  'by',
  'environment',
  'link',
  'rollback',
  'remedies',
  'origin',
] as const;
type SaidField = (typeof saidFields)[number];
type Said = { -readonly [F in SaidField]?: Change[F] };

/** Names a change among those of all services. */
export function changeKey({ service, change }: Pick<ChangeReport, 'service' | 'change'>): string {
  return JSON.stringify([service, change]);
}

/**
 * Folds one report in. Reports may come twice and in any order: what was said last stands, a change never begins later
 * than was known, the worst outcome stands, and one that has ended is not under way again.
 */
export function foldChange(known: Change | undefined, event: StoredChangeEvent): Change {
  const { report, origin, at } = event;
  const { change: id, service, startedAt, finishedAt, outcome, saidAt = at } = report;
  const { values, stamps } = latestSaid(known, { ...report, origin }, saidAt);
  const said = greatest(known?.told.finishedAt, finishedAt);
  const outcomeAt = least(known?.told.outcomeAt, outcome === undefined ? undefined : saidAt);
  const ended = said ?? outcomeAt;
  const worst = outcome === undefined ? known?.outcome : worseOutcome(known?.outcome, outcome);
  const rolledBackAt = least(known?.told.rolledBackAt, outcome === 'rolled-back' ? saidAt : undefined);
  const isAnnounced = isAnnouncement(report);
  const wasAnnounced = known?.told.announced === true;
  const begun = Math.min(startedAt ?? Math.min(finishedAt ?? saidAt, saidAt), at);
  // That somebody meant to make it tells nothing of when it was made.
  const begins =
    known === undefined || (wasAnnounced && !isAnnounced)
      ? [begun]
      : [known.startedAt, ...(isAnnounced && !wasAnnounced ? [] : [begun])];
  return {
    ...values,
    id,
    service,
    kind: values.kind ?? 'deployment',
    origin: values.origin ?? origin,
    // A reporter whose clock is ahead tells of what began no later than it was heard of.
    startedAt: Math.min(...begins),
    ...(ended === undefined ? {} : { finishedAt: ended }),
    ...(worst === undefined ? {} : { outcome: worst }),
    firstReportedAt: least(known?.firstReportedAt, at) ?? at,
    lastReportedAt: greatest(known?.lastReportedAt, at) ?? at,
    told: {
      saidAt: stamps,
      ...(said === undefined ? {} : { finishedAt: said }),
      ...(outcomeAt === undefined ? {} : { outcomeAt }),
      ...(rolledBackAt === undefined ? {} : { rolledBackAt }),
      ...(isAnnounced && (known === undefined || wasAnnounced) ? { announced: true as const } : {}),
    },
    // At the end, where a watch adds it.
    ...(known?.bake === undefined ? {} : { bake: known.bake }),
  };
}

/** Whether a report says no more than what the change is to remedy. */
function isAnnouncement({
  change: _change,
  service: _service,
  saidAt: _saidAt,
  remedies,
  ...said
}: ChangeReport): boolean {
  return remedies !== undefined && Object.values(said).every((each) => each === undefined);
}

/** Of each field what was said last; two things said in the same instant stand in an order of their own. */
function latestSaid(
  known: Change | undefined,
  report: Said,
  saidAt: number,
): { readonly values: Said; readonly stamps: Told['saidAt'] } {
  const values: Record<string, unknown> = {};
  const stamps: Record<string, number> = {};
  for (const field of saidFields) {
    const before = known?.told.saidAt[field];
    const said = report[field];
    const isNews =
      said !== undefined && (before === undefined || overrules(field, said, saidAt, known?.[field], before));
    const value = isNews ? said : before === undefined ? undefined : known?.[field];
    const stamp = isNews ? saidAt : before;
    if (value !== undefined) values[field] = value;
    if (stamp !== undefined) stamps[field] = stamp;
  }
  return { values, stamps };
}

/** Where a change was heard of first is where it comes from; of all else the last word counts. */
function overrules(field: SaidField, said: unknown, saidAt: number, known: unknown, knownAt: number): boolean {
  if (saidAt === knownAt) return JSON.stringify(said) > JSON.stringify(known);
  return field === 'origin' ? saidAt < knownAt : saidAt > knownAt;
}

/** A change that was rolled back stays so, however late somebody says that it succeeded. */
function worseOutcome(known: ChangeOutcome | undefined, said: ChangeOutcome): ChangeOutcome {
  const rank: Readonly<Record<ChangeOutcome, number>> = { succeeded: 0, failed: 1, 'rolled-back': 2 };
  return known !== undefined && rank[known] > rank[said] ? known : said;
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function greatest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}
