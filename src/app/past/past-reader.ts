import type { SignalHistory } from '../../domain/reading/history.ts';
import type { Interval } from '../../domain/interval.ts';
import type { SourceFailure } from '../../domain/reading/observation.ts';
import type { Signal } from '../../domain/service/service.ts';
import type { HistoryOutcome, Source } from '../ports/source.ts';

/** A part of the past, read in one go. */
export interface PastPart extends Interval {
  readonly stepMs: number;
}

/** Signals whose past the source does not give, and why. */
export type RefusedPasts = ReadonlyMap<string, SourceFailure>;

export type PastRead =
  | { readonly kind: 'read'; readonly histories: readonly SignalHistory[]; readonly refused: RefusedPasts }
  | { readonly kind: 'failed'; readonly failure: SourceFailure };

/** What a history outcome tells of a past. */
function pastOf({ groups, place }: Extract<HistoryOutcome, { readonly kind: 'history' }>) {
  return place === undefined ? { groups } : { groups, place };
}

/** A signal is asked for no more after so many parts that were refused: each costs the source something. */
const mostRefusals = 2;
/** After so many tries at which the source gave no answer in time, that is its answer. */
const patientTries = 5;

/** Steps longer than this would blur what error budgets count, ms. */
export const longestFedStepMs = 60_000;

/**
 * Reads the past of some signals part by part. What the source refuses for one signal leaves the others alone, and a
 * later part may still be given: it holds other samples. A source that does not answer has the whole read fail.
 */
export class PastReader {
  readonly #source: Pick<Source, 'history'>;
  readonly #signals: readonly Signal[];
  readonly #tries: number;
  readonly #refusals = new Map<string, number>();
  readonly #refused = new Map<string, SourceFailure>();

  /** `tries`: how often in a row reading this past has failed before. */
  constructor(source: Pick<Source, 'history'>, signals: readonly Signal[], tries: number) {
    this.#source = source;
    this.#signals = signals;
    this.#tries = tries;
  }

  /** Signals of which at least one part was refused so far, each with the reason given last. */
  get refused(): RefusedPasts {
    return new Map(this.#refused);
  }

  async read(part: PastPart, signal: AbortSignal): Promise<PastRead> {
    const asked = this.#signals.filter(({ name }) => (this.#refusals.get(name) ?? 0) < mostRefusals);
    const outcomes = asked.length === 0 ? [] : await this.#source.history(asked, part, part.stepMs, signal);
    const histories: SignalHistory[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      const read = asked[index];
      if (read === undefined) continue;
      if (outcome.kind === 'history') histories.push({ signal: read, ...pastOf(outcome) });
      else if (signal.aborted || !this.#isRefusal(outcome.failure)) return outcome;
      else this.#refuse(read.name, outcome.failure);
    }
    const given = new Set(histories.map((each) => each.signal.name));
    const refused = new Map([...this.#refused].filter(([name]) => !given.has(name)));
    return { kind: 'read', histories, refused };
  }

  #refuse(name: string, failure: SourceFailure): void {
    this.#refused.set(name, failure);
    this.#refusals.set(name, (this.#refusals.get(name) ?? 0) + 1);
  }

  /** Whether asking again gives the same answer. */
  #isRefusal({ reason }: SourceFailure): boolean {
    switch (reason) {
      case 'rejected':
      case 'too-expensive':
      case 'bad-response':
        return true;
      case 'timeout':
        return this.#tries >= patientTries;
      case 'unavailable':
        return false;
    }
  }
}
