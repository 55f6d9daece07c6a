import { AlertmanagerChannel } from '../../../src/adapters/channels/alertmanager/alertmanager-channel.ts';
import { CdEventsChannel } from '../../../src/adapters/channels/cdevents/cdevents-channel.ts';
import { PagerDutyChannel } from '../../../src/adapters/channels/pagerduty/pagerduty-channel.ts';
import { SlackChannel } from '../../../src/adapters/channels/slack/slack-channel.ts';
import { TeamsChannel } from '../../../src/adapters/channels/teams/teams-channel.ts';
import { WebhookChannel } from '../../../src/adapters/channels/webhook/webhook-channel.ts';
import type { Attempt, Channel, SendResult } from '../../../src/app/ports/channel.ts';
import type { Clock } from '../../../src/app/ports/clock.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { status, WebhookReceiver, type ReceiverAnswer } from '../../support/webhook-receiver.ts';
import { routingKey } from './pagerduty/pagerduty-bench.ts';
import { postingOptions } from './posting-bench.ts';
import type { SecretDirectory } from './webhook/webhook-bench.ts';

interface Place {
  readonly name: string;
  readonly url: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly secrets: SecretDirectory;
}

/** Each kind of channel that posts, and how its receiver says yes. */
const kinds: Readonly<Record<string, { accepting: ReceiverAnswer; make(place: Place): Promise<Channel> | Channel }>> = {
  webhook: {
    accepting: status(204),
    make: (place) =>
      new WebhookChannel({ ...optionsOf(place), secretFiles: [] }, { clock: place.clock, log: memoryLog() }),
  },
  alertmanager: {
    accepting: status(200),
    make({ url, ...place }) {
      const own = { urls: [url], resendEveryMs: 60_000, labels: {}, annotations: {} };
      const { url: _url, ...options } = optionsOf({ url, ...place });
      return new AlertmanagerChannel({ ...options, ...own }, { clock: place.clock, log: memoryLog() });
    },
  },
  slack: {
    accepting: status(200, {}, 'ok'),
    make: (place) => new SlackChannel(optionsOf(place), { clock: place.clock, log: memoryLog() }),
  },
  teams: {
    accepting: status(202),
    make: (place) => new TeamsChannel(optionsOf(place), { clock: place.clock, log: memoryLog() }),
  },
  pagerduty: {
    accepting: status(202, {}, '{"status":"success","message":"Event processed","dedup_key":"x"}'),
    async make(place) {
      const routingKeyFile = await place.secrets.write(`${place.name}-key`, routingKey);
      return new PagerDutyChannel(
        { ...optionsOf(place), url: place.url, routingKeyFile },
        { clock: place.clock, log: memoryLog() },
      );
    },
  },
  cdevents: {
    accepting: status(202),
    make(place) {
      const own = { source: '/andon', environment: 'production', mode: 'structured' } as const;
      return new CdEventsChannel({ ...optionsOf(place), ...own }, { clock: place.clock, log: memoryLog() });
    },
  },
};
export const channelKinds = Object.keys(kinds);

function optionsOf({ name, url, timeoutMs }: Place) {
  return postingOptions({ name, url, timeoutMs, concurrency: 8 });
}

/** A channel with its receiver, which remembers what was accepted and when on the clock. */
export class ChannelWithReceiver implements AsyncDisposable {
  readonly channel: Channel;
  readonly receiver: WebhookReceiver;
  /** First accepted posts in order; what is sent again is left out. */
  readonly accepted: (Attempt & { readonly at: number })[] = [];
  attempts = 0;
  readonly #accepting: ReceiverAnswer;
  readonly #underWay = new Set<Promise<unknown>>();

  private constructor(inner: Channel, receiver: WebhookReceiver, accepting: ReceiverAnswer, clock: Clock) {
    this.receiver = receiver;
    this.#accepting = accepting;
    this.channel = new Proxy(inner, {
      get: (target, key) => {
        if (key === 'send') return (attempt: Attempt, signal: AbortSignal) => this.#send(inner, attempt, signal, clock);
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  static async start(kind: string, place: Omit<Place, 'url'>): Promise<ChannelWithReceiver> {
    const made = kinds[kind];
    if (made === undefined) throw new Error(`there is no channel ${kind}`);
    const receiver = await WebhookReceiver.start();
    const channel = await made.make({ ...place, url: receiver.origin });
    const both = new ChannelWithReceiver(channel, receiver, made.accepting, place.clock);
    both.heal();
    return both;
  }

  /** Lets the receiver take everything from now on. */
  heal(): void {
    this.receiver.answer = () => this.#accepting;
  }

  /** Resolves once no send is under way; true when there was one. */
  async quiet(): Promise<boolean> {
    const waited = this.#underWay.size > 0;
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    return waited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.channel.close();
    await this.receiver.close();
  }

  async #send(inner: Channel, attempt: Attempt, signal: AbortSignal, clock: Clock): Promise<SendResult> {
    this.attempts += 1;
    const sending = inner.send(attempt, signal);
    this.#underWay.add(sending);
    const result = await sending;
    this.#underWay.delete(sending);
    if (result.kind === 'accepted' && attempt.again !== true) this.accepted.push({ ...attempt, at: clock.now() });
    return result;
  }
}
