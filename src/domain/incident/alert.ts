/** Somebody else's alert about a service, such as one of Prometheus. Times: ms since the epoch on the clock of who raised it. */
export interface Alert {
  /** The same for the same labels, whenever it fires. */
  readonly fingerprint: string;
  readonly name: string;
  readonly startsAt: number;
  /** Of an alert that is over, where that is known. */
  readonly endsAt?: number;
  readonly labels: Readonly<Record<string, string>>;
  /** How many labels there are beyond those. */
  readonly furtherLabels?: number;
}

export type AlertStatus = 'firing' | 'resolved';

/** What tells one firing of an alert from every other. */
export function alertKey({ fingerprint, startsAt }: Pick<Alert, 'fingerprint' | 'startsAt'>): string {
  return `${startsAt} ${fingerprint}`;
}
