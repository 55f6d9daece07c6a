import type { GateAnswer } from '../../domain/gate/gate-answer.ts';
import { protectionVerdict } from '../../domain/gate/protection.ts';
import type { Protection, ProtectionEvent, ProtectionResult } from '../../domain/gate/protection-event.ts';
import { retryDelayMs, retryPolicy, type RetryPolicy } from '../../domain/notification/delivery-plan.ts';
import type { ChangeBook } from '../changes/change-book.ts';
import type { SendResult } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ProtectionAnswerer } from '../ports/protection-answerer.ts';
import { StoreError, type Store, type StoreFailureReason } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { Turns } from '../tasks/turns.ts';
import type { GateDesk } from './gate-desk.ts';
import { meantChange } from './meant-change.ts';
import type { ProtectionBook } from './protection-book.ts';
import { protectionComment } from './protection-comment.ts';

/** How often a gate that says wait is asked again, ms. */
const askEveryMs = 30_000;
/** And one that has seen nothing yet, since Andon has just started, ms. */
const askSoonMs = 2_000;
/** GitHub takes ten comments on a deployment, and a restart may repeat them. */
const mostExplained = 4;
/** How long it waits before it tries again to write down what it said, ms. */
const storeAgainMs = 5_000;
/** So many deployments may wait at once. */
export const mostPending = 500;
/** The tools themselves let no deployment wait for longer, ms. */
const longestMs = 30 * 86_400_000;

/** Days may pass until somebody mends a key: GitHub is asked every few minutes then, and no sooner than it says. */
const patience: RetryPolicy = { ...retryPolicy, firstMs: 1_000, capMs: 300_000, retryAfterCapMs: 3_600_000 };

export type ProtectionRequest = Omit<Protection, 'askedAt' | 'waitUntil'>;

/** What became of a question. */
export type ProtectionAsked =
  | { readonly kind: 'asked' }
  /** It was asked before, and nothing is asked twice. */
  | { readonly kind: 'known' }
  | { readonly kind: 'foreign-callback' | 'no-app' | 'too-many' }
  /** The store could not keep it; nothing happened. */
  | { readonly kind: 'not-stored'; readonly reason: StoreFailureReason; readonly detail: string };

/** A deployment that waits, and what the gate said to it last; absent before it was asked. */
export interface PendingProtection {
  readonly protection: Protection;
  readonly said?: GateAnswer;
  /** Why the tool has not been told yet. */
  readonly problem?: string;
}

export interface ProtectionDeskParts {
  readonly gates: Pick<GateDesk, 'ask' | 'overrides'>;
  readonly book: ProtectionBook;
  readonly changes: Pick<ChangeBook, 'get'>;
  readonly store: Pick<Store, 'commit'>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, 'protectionAnswered'>;
  /** From 0 to below 1; spreads retries out. */
  readonly random: () => number;
  /** Who tells the tool; undefined where none is set up. */
  readonly answerer: () => ProtectionAnswerer | undefined;
  readonly externalUrl: () => string | undefined;
}

/** Answers deployment tools that ask once and wait: when the gate has made up its mind, or has not for too long. */
export class ProtectionDesk {
  readonly #parts: ProtectionDeskParts;
  readonly #seen = new Map<string, Omit<PendingProtection, 'protection'>>();
  readonly #attending = new Map<string, Promise<void>>();
  readonly #turns = new Turns();
  #signal: AbortSignal | undefined;

  constructor(parts: ProtectionDeskParts) {
    this.#parts = parts;
  }

  /** Takes a question down, once however often it comes; the answer follows. Questions are taken one after another. */
  async ask(request: ProtectionRequest): Promise<ProtectionAsked> {
    return await this.#turns.take(async () => await this.#take(request));
  }

  /** The deployments that wait, oldest first; at most `mostPending`. */
  pending(): readonly PendingProtection[] {
    return this.#parts.book.pending().map((protection) => ({ protection, ...this.#seen.get(protection.id) }));
  }

  /** Answers what the log left open, and what is asked from now on, until the signal aborts. Does not reject. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const protection of this.#parts.book.pending()) this.#attend(protection, signal);
    if (!signal.aborted) {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true });
      });
    }
    await Promise.allSettled(this.#attending.values());
  }

  async #take(request: ProtectionRequest): Promise<ProtectionAsked> {
    const { book, answerer, clock, store, log } = this.#parts;
    const { id, ...facts } = request;
    if (book.knows(id)) return { kind: 'known' };
    const told = answerer();
    if (told === undefined) return { kind: 'no-app' };
    if (!told.mayCall(request.callbackUrl)) return { kind: 'foreign-callback' };
    if (book.pending().length >= mostPending) return { kind: 'too-many' };
    const at = clock.now();
    const waitUntil = at + told.waitAtMostMs;
    const event: ProtectionEvent = { type: 'protection-asked', protectionId: id, ...facts, at, waitUntil };
    try {
      book.apply(await store.commit({ events: [event], recordedAt: at }));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      const { reason, message: detail } = error;
      log.error('a question of a deployment tool could not be stored', { protection: id, reason, error });
      return { kind: 'not-stored', reason, detail };
    }
    log.info('a deployment waits for the gate', lineOf(request));
    if (this.#signal !== undefined) this.#attend({ ...request, askedAt: at, waitUntil }, this.#signal);
    return { kind: 'asked' };
  }

  #attend(protection: Protection, signal: AbortSignal): void {
    if (signal.aborted || this.#attending.has(protection.id)) return;
    const work = this.#answerAtLast(protection, signal).finally(() => {
      this.#attending.delete(protection.id);
      this.#seen.delete(protection.id);
    });
    this.#attending.set(protection.id, work);
  }

  /** Whatever goes wrong, the deployment waits on at its tool, and somebody has to answer it. */
  async #answerAtLast(protection: Protection, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#answer(protection, signal);
        return;
      } catch (error) {
        const line = { ...lineOf(protection), error };
        this.#parts.log.error('answering a deployment tool failed unexpectedly; it will be tried again', line);
        await this.#parts.clock.sleep(askEveryMs, signal);
      }
    }
  }

  /** Asks anew before each try: what was decided minutes ago may be wrong by now. */
  async #answer(protection: Protection, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const explained = new Set<string>();
    let failures = 0;
    while (!signal.aborted) {
      const said = this.#ask(protection);
      const now = clock.now();
      const verdict = protectionVerdict(said.action, protection, now);
      if (verdict === undefined) {
        failures = 0;
        this.#seen.set(protection.id, { said });
        await this.#explain(protection, said, explained, signal);
        const pauseMs = said.reason === 'not-evaluated' ? askSoonMs : askEveryMs;
        await clock.sleep(Math.min(pauseMs, protection.waitUntil - clock.now()), signal);
        continue;
      }
      const result = await this.#tell(protection, verdict, said, signal);
      if (result.kind === 'accepted') return await this.#close(protection, verdict, said, said.words, signal);
      const isHopeless = result.kind !== 'retry' || clock.now() >= protection.askedAt + longestMs;
      if (isHopeless) return await this.#close(protection, 'refused', said, result.detail, signal);
      failures += 1;
      this.#seen.set(protection.id, { said, problem: result.detail });
      await this.#waitToRetry(protection, result, failures, signal);
    }
  }

  #ask({ service, deployment, sha }: Protection): GateAnswer {
    // People know the commit, tools the number: a remedy or an override counts under either.
    const ids = sha === undefined ? [deployment] : [deployment, sha];
    return this.#parts.gates.ask(service, meantChange(this.#parts, service, ids));
  }

  /** Says beside the deployment why it waits, once for each reason; a word that is lost is no harm. */
  async #explain(protection: Protection, said: GateAnswer, explained: Set<string>, signal: AbortSignal): Promise<void> {
    const isNews = said.reason !== 'not-evaluated' && !explained.has(said.reason) && explained.size < mostExplained;
    const answerer = this.#parts.answerer();
    if (!isNews || answerer === undefined) return;
    explained.add(said.reason);
    const { callbackUrl, installation, environment } = protection;
    const comment = protectionComment(protection, 'waiting', said, this.#parts.externalUrl());
    const result = await answerer.answer({ callbackUrl, installation, environment, comment }, signal);
    if (result.kind === 'accepted') return;
    this.#parts.log.debug('a deployment tool did not take the word on why a deployment waits', {
      ...lineOf(protection),
      detail: result.detail,
    });
  }

  async #tell(
    protection: Protection,
    verdict: Exclude<ProtectionResult, 'refused'>,
    said: GateAnswer,
    signal: AbortSignal,
  ): Promise<SendResult> {
    const answerer = this.#parts.answerer();
    if (answerer === undefined)
      return { kind: 'retry', reason: 'unreachable', detail: 'the settings name no App that could answer' };
    const { callbackUrl, installation, environment } = protection;
    const state = verdict === 'approved' ? 'approved' : 'rejected';
    const comment = protectionComment(protection, verdict, said, this.#parts.externalUrl());
    return await answerer.answer({ callbackUrl, installation, environment, state, comment }, signal);
  }

  async #waitToRetry(
    protection: Protection,
    { reason, detail, retryAfterMs }: Extract<SendResult, { kind: 'retry' }>,
    failures: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, log, random } = this.#parts;
    if (signal.aborted) return;
    const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
    const retryInMs = retryDelayMs({ attempts: failures, waiting: 1, ...asked }, random(), patience);
    const line = { ...lineOf(protection), attempts: failures, reason, detail, retryInMs };
    // The first failure is news; the following ones stand in GET /api/v1/protections.
    if (failures === 1) log.warn('a deployment tool did not take the answer; it will be tried again', line);
    else log.debug('a deployment tool did not take the answer; it will be tried again', line);
    await clock.sleep(retryInMs, signal);
  }

  /** Written down after it was said: a crash in between says it twice, and the tool refuses the second. */
  async #close(
    protection: Protection,
    result: ProtectionResult,
    { reason, state }: GateAnswer,
    words: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, book, clock, log, telemetry } = this.#parts;
    const { id: protectionId, service } = protection;
    const at = clock.now();
    telemetry.protectionAnswered(result);
    const line = { ...lineOf(protection), result, state, reason, words };
    if (result === 'refused') log.error('a deployment tool refused the answer of the gate for good', line);
    else log.info('a deployment tool has the answer of the gate', line);
    const event: ProtectionEvent = { type: 'protection-answered', protectionId, service, at, result, reason, words };
    // Written down even while Andon stops, and tried once at least.
    do {
      try {
        book.apply(await store.commit({ events: [event], recordedAt: at }));
        return;
      } catch (error) {
        log.error('what a deployment tool was told could not be stored; trying again', { ...line, error });
      }
      await clock.sleep(storeAgainMs, signal);
    } while (!signal.aborted);
  }
}

function lineOf({ id, service, repository, environment, deployment }: ProtectionRequest) {
  return { protection: id, service, repository, environment, deployment };
}
