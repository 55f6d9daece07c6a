import { isChangeEvent, isGateEvent, type StoredLogEvent } from '../../domain/log/log-event.ts';

/** Somebody's word that a change remedies an incident, and whether it was believed. Times: ms since the epoch on Andon's clock. */
export interface Claim {
  readonly kind: 'remedy-claimed' | 'remedy-refused';
  /** Its place in the log. */
  readonly seq: number;
  readonly at: number;
  readonly recordedAt: number;
  readonly incident: string;
  readonly service: string;
  readonly change: string;
  readonly by: string;
  readonly reason: string;
  /** Of one that was refused: the relapse that the change began before, from 1; absent: the first onset. */
  readonly relapse?: number;
}

/** Of so many incidents claims are kept at hand, and of each so many; the event log keeps them all. */
const incidentsKept = 1000;
const claimsKept = 100;

/** The log folded into what people said remedies which incident. */
export class ClaimBook {
  readonly #claims = new Map<string, Claim[]>();
  #seq = 0;

  /** Folds committed events in, those that claim something; one seen before is ignored, and so is a claim made again. */
  apply(events: readonly StoredLogEvent[]): void {
    for (const event of events) {
      const claim = event.seq > this.#seq ? claimOf(event) : undefined;
      if (claim === undefined) continue;
      this.#seq = claim.seq;
      this.#add(claim);
    }
  }

  /** What was claimed of an incident, oldest first. */
  of(incident: string): readonly Claim[] {
    return this.#claims.get(incident) ?? [];
  }

  #add(claim: Claim): void {
    const known = this.#claims.get(claim.incident) ?? [];
    if (known.some((each) => saysTheSame(each, claim))) return;
    this.#claims.set(claim.incident, [...known, claim].slice(-claimsKept));
    const [oldest] = this.#claims.keys();
    if (this.#claims.size > incidentsKept && oldest !== undefined) this.#claims.delete(oldest);
  }
}

function claimOf(event: StoredLogEvent): Claim | undefined {
  const { seq, at, recordedAt, service } = event;
  if (isChangeEvent(event) && event.report.remedies !== undefined) {
    const { change, remedies } = event.report;
    return { kind: 'remedy-claimed', seq, at, recordedAt, service, change, ...remedies };
  }
  if (!isGateEvent(event) || event.type !== 'remedy-refused') return undefined;
  const { change, incident, by, reason, relapse } = event;
  const claim = { seq, at, recordedAt, service, change, incident, by, reason };
  return { kind: 'remedy-refused', ...claim, ...(relapse === undefined ? {} : { relapse }) };
}

function saysTheSame(one: Claim, other: Claim): boolean {
  const told = ({ kind, service, change, by, reason }: Claim) => JSON.stringify([kind, service, change, by, reason]);
  return told(one) === told(other);
}

/** A claim in a sentence, for people. */
export function describeClaim({
  kind,
  service,
  change,
  by,
  reason,
  relapse,
}: Omit<Claim, 'seq' | 'at' | 'recordedAt' | 'incident'>): string {
  const said = `${by} said that change ${change} of ${service} mends it: ${reason}`;
  return kind === 'remedy-claimed'
    ? `${said}\nits gate lets it pass`
    : `${said}\nnot believed: it began or was known before service was off${relapse === undefined ? '' : ' again'}`;
}
