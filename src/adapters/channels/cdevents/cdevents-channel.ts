import type { Attempt, Channel, SendResult } from '../../../app/ports/channel.ts';
import { usualKinds } from '../../../domain/notification/notification.ts';
import { factSheetOf } from '../facts/render-fact-sheet.ts';
import { Poster, type PostingOptions, type ChannelParts } from '../posting/poster.ts';
import { OwnText } from '../template/own-text.ts';
import { cdEventOf, type EventOrigin } from './cdevent.ts';
import { cloudEventPost, type CloudEventMode } from './cloud-event.ts';

/** How a channel of CDEvents is declared. */
export interface CdEventsOptions extends PostingOptions, EventOrigin {
  readonly mode: CloudEventMode;
  /** A Handlebars template of the description, in place of the title. */
  readonly description?: string | undefined;
}

/** Posts notifications as incident events of CDEvents, in CloudEvents over HTTP. */
export class CdEventsChannel implements Channel {
  readonly type = 'cdevents';
  readonly name: string;
  readonly concurrency: number;
  /** Whoever measures deliveries counts incidents one by one. */
  readonly toldOfEach = true;
  /** That nobody has acknowledged is no event of the incident’s; whom it is handed to next hears of it all the same. */
  readonly wants = usualKinds.filter((kind) => kind !== 'repeated');
  readonly #options: CdEventsOptions;
  readonly #poster: Poster;
  readonly #description: OwnText | undefined;

  /** Throws an Error for people when the options are wrong; files are read with the first send. */
  constructor(options: CdEventsOptions, parts: ChannelParts) {
    this.name = options.name;
    this.concurrency = options.concurrency;
    this.#options = options;
    this.#poster = new Poster(options, parts, /^(?:content-type|ce-.*)$/);
    const place = { channel: this.name, what: 'description', log: parts.log };
    this.#description = OwnText.of(options.description, place);
  }

  async send(attempt: Attempt, signal: AbortSignal): Promise<SendResult> {
    const facts = factSheetOf(attempt);
    const event = cdEventOf(facts, attempt.notification.id, this.#options, this.#description?.render(facts));
    return await this.#poster.post(() => Promise.resolve(cloudEventPost(event, this.#options.mode)), signal);
  }

  async close(): Promise<void> {
    await this.#poster.close();
  }
}
