import type { StoreHealth } from './degradable-store.ts';
import type { Clock } from './ports/clock.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { ChannelView, ReloadResult, ReloadView, SourceView, StatusView } from './status-view.ts';

/** Remembers what the daemon reported last, for the API's status. */
export class StatusBoard {
  readonly #version: string;
  readonly #startedAt: number;
  readonly #sources = new Map<string, SourceView>();
  #reload: ReloadView;

  constructor(version: string, startedAt: number, sources: readonly string[]) {
    this.#version = version;
    this.#startedAt = startedAt;
    this.#reload = { ok: true, lastAttemptAt: startedAt, problems: [] };
    for (const name of sources) this.#sources.set(name, { name });
  }

  /** The same telemetry, overheard. */
  listening(telemetry: Telemetry, clock: Pick<Clock, 'now'>): Telemetry {
    const update = (name: string, seen: Partial<SourceView>): void => {
      this.#sources.set(name, { ...(this.#sources.get(name) ?? { name }), ...seen });
    };
    const overheard: Pick<Telemetry, 'clockSkew' | 'sourceFailed'> = {
      clockSkew(source, skewMs) {
        update(source, { clockSkewMs: skewMs, lastAnswerAt: clock.now() });
        telemetry.clockSkew(source, skewMs);
      },
      sourceFailed(source, reason, detail) {
        update(source, { lastError: { at: clock.now(), reason, detail: detail ?? '' } });
        telemetry.sourceFailed(source, reason, detail);
      },
    };
    return new Proxy(telemetry, {
      get(target, key) {
        if (key === 'clockSkew' || key === 'sourceFailed') return overheard[key];
        const value: unknown = Reflect.get(target, key);
        // Telemetry may be a class with private state: its methods keep their receiver.
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  reloaded(result: ReloadResult, at: number): void {
    const { lastSuccessAt } = this.#reload;
    this.#reload = result.ok
      ? { ok: true, lastAttemptAt: at, lastSuccessAt: at, problems: [] }
      : {
          ok: false,
          lastAttemptAt: at,
          problems: result.diagnostics,
          ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
        };
  }

  view(channels: readonly ChannelView[], store: StoreHealth): StatusView {
    return {
      version: this.#version,
      startedAt: this.#startedAt,
      reload: this.#reload,
      store: store.degraded ? { degraded: true, reason: `${store.reason}: ${store.detail}` } : { degraded: false },
      sources: [...this.#sources.values()],
      channels,
    };
  }
}
