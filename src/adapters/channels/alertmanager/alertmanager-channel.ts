import type { Attempt, Channel, SendResult } from '../../../app/ports/channel.ts';
import type { ResendPolicy } from '../../../domain/notification/resend-plan.ts';
import { Poster, type ChannelParts } from '../posting/poster.ts';
import { alertsOf } from './alerts.ts';
import { Annotations } from './annotations.ts';
import { judgeAlertmanager } from './judge.ts';
import type { AlertmanagerOptions } from './options.ts';
import { Replicas } from './replicas.ts';

/** As Prometheus does it: an alert outlives three sends that got lost, and its end is told for a quarter of an hour. */
const lastsSends = 4;
const resolvedForMs = 15 * 60_000;

/** Tells Alertmanager of incidents as alerts that start with the onset and fire until service is back. */
export class AlertmanagerChannel implements Channel {
  readonly type = 'alertmanager';
  readonly name: string;
  readonly concurrency: number;
  /** Alertmanager groups by itself, and inhibits by what it knows of each. */
  readonly toldOfEach = true;
  readonly resend: ResendPolicy;
  readonly #options: AlertmanagerOptions;
  readonly #parts: ChannelParts;
  readonly #annotations: Annotations;
  readonly #replicas: Replicas;

  /** Throws an Error for people when the options are wrong; files are read with the first send. */
  constructor(options: AlertmanagerOptions, parts: ChannelParts) {
    this.name = options.name;
    this.concurrency = options.concurrency;
    this.resend = { everyMs: options.resendEveryMs, resolvedForMs };
    this.#options = options;
    this.#parts = parts;
    this.#annotations = new Annotations(options.name, options.annotations, parts.log);
    // Sockets for pages, and as many for what is sent again, so that neither waits for the other.
    const shared = { ...options, concurrency: 2 * options.concurrency };
    const posters = options.urls.map((url) => ({
      poster: new Poster({ ...shared, url }, parts),
      where: originOf(url),
    }));
    this.#replicas = new Replicas(options.name, posters, parts.log);
  }

  async send(attempt: Attempt, signal: AbortSignal): Promise<SendResult> {
    const { resendEveryMs, labels } = this.#options;
    const alerts = alertsOf(attempt, {
      now: this.#parts.clock.now(),
      lastsMs: lastsSends * resendEveryMs,
      resolvedForMs,
      labels,
      annotate: (facts) => this.#annotations.render(facts),
    });
    const body = JSON.stringify(alerts);
    return await this.#replicas.post({ body, headers: {}, path: '/api/v2/alerts', judge: judgeAlertmanager }, signal);
  }

  async close(): Promise<void> {
    await this.#replicas.close();
  }
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? url;
}
