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
}

/** Names a change among those of all services. */
export function changeKey({ service, change }: Pick<ChangeReport, 'service' | 'change'>): string {
  return JSON.stringify([service, change]);
}

/**
 * Folds one report in. Reports may come twice and in any order: what one says stands until another says otherwise, a
 * change never begins later than was known, and one that has ended is not under way again.
 */
export function foldChange(known: Change | undefined, event: StoredChangeEvent): Change {
  const { report, origin, at } = event;
  const { change: id, service, startedAt, finishedAt, outcome, kind, ...said } = report;
  const began = [known?.startedAt, startedAt ?? (known === undefined ? (finishedAt ?? at) : undefined)];
  const ended = finishedAt ?? (outcome === undefined ? undefined : (known?.finishedAt ?? at));
  return {
    ...known,
    ...said,
    id,
    service,
    kind: kind ?? known?.kind ?? 'deployment',
    origin: known?.origin ?? origin,
    startedAt: Math.min(...began.filter((each) => each !== undefined)),
    ...(ended === undefined ? {} : { finishedAt: Math.max(known?.finishedAt ?? ended, ended) }),
    ...(outcome === undefined ? {} : { outcome: worseOutcome(known?.outcome, outcome) }),
    firstReportedAt: known?.firstReportedAt ?? at,
    lastReportedAt: Math.max(known?.lastReportedAt ?? at, at),
  };
}

/** A change that was rolled back stays so, however late somebody says that it succeeded. */
function worseOutcome(known: ChangeOutcome | undefined, said: ChangeOutcome): ChangeOutcome {
  const rank: Readonly<Record<ChangeOutcome, number>> = { succeeded: 0, failed: 1, 'rolled-back': 2 };
  return known !== undefined && rank[known] > rank[said] ? known : said;
}
