import type { ResendPolicy } from '../../src/domain/notification/resend-plan.ts';
import type { Attempt, Channel, SendResult } from '../../src/app/ports/channel.ts';

/** A send that a test ends when it pleases. */
export interface HeldSend extends Attempt {
  readonly signal: AbortSignal;
  end(result: SendResult): void;
}

type Answer = SendResult | 'hold' | Error;

/** A channel whose receiver does what a test says; remembers every attempt in order. */
export class ScriptedChannel implements Channel {
  readonly type = 'scripted';
  readonly name: string;
  readonly concurrency: number;
  resend?: ResendPolicy;
  readonly attempts: Attempt[] = [];
  readonly accepted: Attempt[] = [];
  readonly held: HeldSend[] = [];
  /** Answers every attempt; accepts unless told otherwise. */
  answer: (attempt: Attempt) => Answer = () => ({ kind: 'accepted' });

  constructor(name = 'oncall', concurrency = 4) {
    this.name = name;
    this.concurrency = concurrency;
  }

  /** Ids in the order in which they were accepted. */
  get acceptedIds(): readonly string[] {
    return this.accepted.map(({ notification }) => notification.id);
  }

  async send(attempt: Attempt, signal: AbortSignal): Promise<SendResult> {
    this.attempts.push(attempt);
    const answer = this.answer(attempt);
    if (answer instanceof Error) throw answer;
    const result = answer === 'hold' ? await this.#hold(attempt, signal) : answer;
    if (result.kind === 'accepted') this.accepted.push(attempt);
    return result;
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  /** Ends when the test says so, or as a real channel does when it is cut short. */
  #hold(attempt: Attempt, signal: AbortSignal): Promise<SendResult> {
    return new Promise((end) => {
      signal.addEventListener('abort', () => end({ kind: 'retry', reason: 'timeout', detail: 'cut short' }));
      this.held.push({ ...attempt, signal, end });
    });
  }
}
