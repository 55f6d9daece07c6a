import type { Attempt, Channel, SendResult } from '../../../app/ports/channel.ts';
import { usualKinds, type NotificationKind } from '../../../domain/notification/notification.ts';
import { Poster, type ChannelParts } from '../posting/poster.ts';
import { SecretFile, SecretFileError } from '../posting/secret-file.ts';
import { isRoutingKey, type PagerDutyOptions } from './options.ts';
import { judgePagerDuty } from './pagerduty-answer.ts';
import { ownerTexts } from './owner-texts.ts';
import { pagerDutyEventOf, type PagerDutyTexts } from './pagerduty-event.ts';

/** Tells PagerDuty of incidents through an integration of its Events API v2: an alert each, from trigger to resolve. */
export class PagerDutyChannel implements Channel {
  readonly type = 'pagerduty';
  readonly name: string;
  readonly concurrency: number;
  readonly wants: readonly NotificationKind[] = [...usualKinds, 'acknowledged'];
  readonly #keyFile: string;
  readonly #key: SecretFile;
  readonly #poster: Poster;
  readonly #texts: PagerDutyTexts;

  /** Throws an Error for people when the options are wrong; files are read with the first send. */
  constructor(options: PagerDutyOptions, parts: ChannelParts) {
    this.name = options.name;
    this.concurrency = options.concurrency;
    this.#keyFile = options.routingKeyFile;
    this.#key = new SecretFile(options.routingKeyFile);
    this.#poster = new Poster(options, parts, /^content-type$/);
    this.#texts = ownerTexts(options, parts.log);
  }

  async send(attempt: Attempt, signal: AbortSignal): Promise<SendResult> {
    const prepare = async () => ({
      body: JSON.stringify(pagerDutyEventOf(attempt, await this.#readKey(), this.#texts)),
      headers: {},
      path: '/v2/enqueue',
      judge: judgePagerDuty,
    });
    return await this.#poster.post(prepare, signal);
  }

  async close(): Promise<void> {
    await this.#poster.close();
  }

  async #readKey(): Promise<string> {
    const key = await this.#key.read();
    if (isRoutingKey(key)) return key;
    throw new SecretFileError(`${this.#keyFile} holds no integration key of PagerDuty: 32 letters and digits`);
  }
}
