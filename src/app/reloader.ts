import type { Clock } from './ports/clock.ts';
import type { Configuration, Configured, LoadedConfiguration, StandIn } from './ports/configuration.ts';
import type { Log } from './ports/log.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { standInText } from './views/stand-in-text.ts';
import type { StatusBoard } from './views/status-board.ts';
import type { ReloadResult } from './views/status-view.ts';

/** The first load found problems: there is nothing to run. */
export class ConfigurationRefusedError extends Error {
  override readonly name = 'ConfigurationRefusedError';
  readonly problems: readonly string[];
  constructor(refused: 'settings' | 'rules', problems: readonly string[]) {
    super(`${whatOf(refused)} have problems:\n${problems.join('\n')}`);
    this.problems = problems;
  }
}

export interface ReloaderParts {
  readonly configuration: Configuration;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, 'reloadFinished'>;
  readonly status: Pick<StatusBoard, 'reloaded'>;
  /** The swap: from here on everything runs as configured. */
  readonly use: (configured: Configured) => Promise<void>;
  readonly stop: AbortSignal;
}

/** Has settings and rule files taken over, at the start and whenever somebody asks; one at a time. */
export class Reloader {
  readonly #parts: ReloaderParts;
  #reloading: Promise<ReloadResult> | undefined;
  #reloadAfter: Promise<ReloadResult> | undefined;
  #standIn: StandIn | undefined;

  constructor(parts: ReloaderParts) {
    this.#parts = parts;
  }

  /** Whether something else than the rule files runs, since they had problems at the start. */
  get standsIn(): boolean {
    return this.#standIn !== undefined;
  }

  /** Services that rule files declare and that are not watched, since their rules had problems at the start. */
  get leftOut(): readonly string[] {
    return this.#standIn?.leftOut ?? [];
  }

  /** The first load. Rejects with ConfigurationRefusedError when there is nothing to run. */
  async start(): Promise<Extract<LoadedConfiguration, { kind: 'loaded' }>> {
    const { configuration, log, stop } = this.#parts;
    const loaded = await configuration.load('start', stop);
    if (loaded.kind === 'refused') throw new ConfigurationRefusedError(loaded.refused, loaded.problems);
    const { configured, warnings, atNextStart, standIn } = loaded;
    for (const warning of warnings) log.warn('a rule file deserves a look', { warning });
    this.#standIn = standIn;
    await this.#parts.use(configured);
    if (standIn === undefined) this.#tell({ ok: true, atNextStart });
    else {
      const { problems } = standIn;
      log.error(`the rule files have problems; ${standInText(standIn)}`, { problems });
      this.#tell({ ok: false, reason: 'rules-refused', diagnostics: problems });
    }
    return loaded;
  }

  /**
   * Builds and checks everything new first; what is refused changes nothing. All that are asked for while one runs are
   * one that follows it, since the files may have changed after they were read. Does not reject.
   */
  reload(): Promise<ReloadResult> {
    if (this.#reloading !== undefined) {
      this.#reloadAfter ??= this.#reloading.then(async () => await this.reload());
      return this.#reloadAfter;
    }
    this.#reloadAfter = undefined;
    this.#reloading = this.#reload()
      .catch((error: unknown): ReloadResult => {
        this.#parts.log.error('settings and rule files could not be taken over', { error });
        return notTakenOver(error instanceof Error ? error.message : String(error));
      })
      .then((result) => {
        this.#reloading = undefined;
        if (!this.#parts.stop.aborted) this.#tell(result);
        return result;
      });
    return this.#reloading;
  }

  /** Resolves when no reload is under way. */
  async settled(): Promise<void> {
    await this.#reloading;
  }

  async #reload(): Promise<ReloadResult> {
    const { configuration, log, stop } = this.#parts;
    const loaded = await configuration.load('reload', stop);
    if (stop.aborted) return notTakenOver('Andon is stopping');
    if (loaded.kind === 'refused') {
      const { refused, problems } = loaded;
      log.error(`${whatOf(refused)} have problems; ${this.#keptOf(refused)}`, { problems });
      return { ok: false, reason: `${refused}-refused`, diagnostics: problems };
    }
    const { configured, atNextStart } = loaded;
    for (const change of atNextStart) log.warn('a setting takes effect at the next start', { change });
    await this.#parts.use(configured);
    this.#standIn = undefined;
    log.info('the rule files were read', { services: configured.services.length });
    return { ok: true, atNextStart };
  }

  #tell(result: ReloadResult): void {
    const { clock, status, telemetry } = this.#parts;
    const at = clock.now();
    status.reloaded(result, at, this.#standIn);
    telemetry.reloadFinished(result.ok, at);
  }

  #keptOf(refused: 'settings' | 'rules'): string {
    if (refused === 'settings') return 'everything runs as before';
    return this.#standIn === undefined ? 'the rules before them still run' : `still, ${standInText(this.#standIn)}`;
  }
}

function whatOf(refused: 'settings' | 'rules'): string {
  return refused === 'rules' ? 'the rule files' : 'the settings';
}

function notTakenOver(why: string): ReloadResult {
  return { ok: false, reason: 'not-taken-over', diagnostics: [why] };
}
