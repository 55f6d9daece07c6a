/** Where Andon heard of a change. */
export const changeOrigins = [
  'api',
  'cli',
  'flagger',
  'github',
  'argocd',
  'cdevents',
  'pagerduty',
  'prometheus',
] as const;
export type ChangeOrigin = (typeof changeOrigins)[number];

/** What was changed. */
export const changeKinds = ['deployment', 'configuration', 'other'] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** How a change ended; one that is under way has no outcome. */
export const changeOutcomes = ['succeeded', 'failed', 'rolled-back'] as const;
export type ChangeOutcome = (typeof changeOutcomes)[number];

/** That a change is the fix of an open incident: then its gate lets it pass. */
export interface Remedy {
  readonly incident: string;
  /** Who says so, and why. */
  readonly by: string;
  readonly reason: string;
}

/** What one report says of a change; whatever it leaves out is as it was. Times: ms since the epoch. */
export interface ChangeReport {
  /** The reporter's id of the change, unique within the service: every further report about it bears the same. */
  readonly change: string;
  readonly service: string;
  readonly kind?: ChangeKind;
  /** What is deployed: a version, a tag, a commit. */
  readonly version?: string;
  /** What was there before. */
  readonly before?: string;
  readonly summary?: string;
  readonly by?: string;
  readonly environment?: string;
  /** Where to read about it. */
  readonly link?: string;
  /** The way back: a command, a version or a URL, as its reporter gives it. */
  readonly rollback?: string;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly outcome?: ChangeOutcome;
  readonly remedies?: Remedy;
  /** When the reporter said it, where it tells; absent: when it came in. Of two reports the later said one counts. */
  readonly saidAt?: number;
}

/** What was reported of changes. */
export interface ChangeEvent {
  readonly type: 'change-reported';
  readonly service: string;
  /** When the report came in, ms since the epoch on Andon's clock. */
  readonly at: number;
  readonly origin: ChangeOrigin;
  readonly report: ChangeReport;
}
export type StoredChangeEvent = ChangeEvent & { readonly seq: number; readonly recordedAt: number };
