import type { StoreHealth } from '../recording/degradable-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { StandIn } from '../ports/configuration.ts';
import type { Source } from '../ports/source.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { ChannelView, ReloadResult, ReloadView, SourceView, StatusView } from './status-view.ts';

/** Remembers what the daemon reported last, for the API's status. */
export class StatusBoard {
  readonly #version: string;
  readonly #startedAt: number;
  readonly #sources = new Map<string, { readonly of: Source; readonly view: SourceView }>();
  #reload: ReloadView;

  constructor(version: string, startedAt: number) {
    this.#version = version;
    this.#startedAt = startedAt;
    this.#reload = { ok: true, lastAttemptAt: startedAt, problems: [], atNextStart: [] };
  }

  /** What is configured now; of a source that is another one than before nothing is known yet. */
  use(sources: readonly Source[]): void {
    const before = new Map(this.#sources);
    this.#sources.clear();
    for (const of of sources) {
      const known = before.get(of.name);
      this.#sources.set(of.name, known?.of === of ? known : { of, view: { name: of.name } });
    }
  }

  /** The same telemetry, overheard. */
  listening(telemetry: Telemetry, clock: Pick<Clock, 'now'>): Telemetry {
    const update = (name: string, seen: Partial<SourceView>): void => {
      const known = this.#sources.get(name);
      if (known !== undefined) this.#sources.set(name, { of: known.of, view: { ...known.view, ...seen } });
    };
    const overheard: Pick<Telemetry, 'clockSkew' | 'sourceHeard' | 'sourceFailed'> = {
      clockSkew(source, skewMs) {
        update(source, { clockSkewMs: skewMs });
        telemetry.clockSkew(source, skewMs);
      },
      sourceHeard(source) {
        update(source, { lastAnswerAt: clock.now() });
        telemetry.sourceHeard(source);
      },
      sourceFailed(source, reason, detail) {
        update(source, { lastError: { at: clock.now(), reason, detail: detail ?? '' } });
        telemetry.sourceFailed(source, reason, detail);
      },
    };
    return new Proxy(telemetry, {
      get(target, key) {
        if (key === 'clockSkew' || key === 'sourceHeard' || key === 'sourceFailed') return overheard[key];
        const value: unknown = Reflect.get(target, key);
        // Telemetry may be a class with private state: its methods keep their receiver.
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  /** What became of reading the files, and what runs in their place. */
  reloaded(result: ReloadResult, at: number, standIn?: StandIn): void {
    const { lastSuccessAt, atNextStart } = this.#reload;
    this.#reload = result.ok
      ? { ok: true, lastAttemptAt: at, lastSuccessAt: at, problems: [], atNextStart: result.atNextStart }
      : {
          ok: false,
          lastAttemptAt: at,
          problems: result.diagnostics,
          atNextStart,
          ...(standIn === undefined ? {} : { standIn }),
          ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
        };
  }

  view(channels: readonly ChannelView[], store: StoreHealth): StatusView {
    return {
      version: this.#version,
      startedAt: this.#startedAt,
      reload: this.#reload,
      store: store.degraded ? { degraded: true, reason: `${store.reason}: ${store.detail}` } : { degraded: false },
      sources: Array.from(this.#sources.values(), ({ view }) => view),
      channels,
    };
  }
}
