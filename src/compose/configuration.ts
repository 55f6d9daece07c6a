import { isDeepStrictEqual } from 'node:util';
import type { KeptFiles } from '../adapters/files/kept-files.ts';
import type { Channel } from '../app/ports/channel.ts';
import type { Clock } from '../app/ports/clock.ts';
import type {
  Configuration,
  Configured,
  ConfiguredSource,
  Heartbeat,
  LoadedConfiguration,
  LoadOccasion,
} from '../app/ports/configuration.ts';
import type { Log } from '../app/ports/log.ts';
import {
  postingOf,
  routesOf,
  type ChannelSettings,
  type HeartbeatSettings,
  type Settings,
  type SourceSettings,
} from '../config/settings.ts';
import type { RuleFile } from '../config/load-file.ts';
import { atNextStart } from './at-next-start.ts';
import { FileWatch } from './file-watch.ts';
import { KeptParts, type MadePart } from './kept-parts.ts';
import { withTemplate } from './channels.ts';
import type { Outgoing } from './proxy.ts';
import { SettingsError } from './settings-error.ts';
import { createRuleFolder, inOneLine, type RuleFolder } from './rule-folder.ts';
import { standInRules } from './stand-in-rules.ts';
import { isDoubt, settleDoubts, type DeclaredRules } from './settle-doubts.ts';

/** What the settings file says now, with the flags and the environment of the start laid over it. */
export type ReadSettings =
  | {
      readonly kind: 'read';
      readonly settings: Settings;
      /** Reads the files that the settings name: one line for each that cannot be used. */
      readonly unusableFiles: () => Promise<readonly string[]>;
    }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Where settings come from. */
export interface SettingsReader {
  /** The file, whether there is one or not. */
  readonly path: string;
  /** Does not reject. */
  read(): Promise<ReadSettings>;
}

export interface ConfigurationParts {
  /** Those that Andon was started with; the files that they name have been checked. */
  readonly settings: Settings;
  readonly reader: SettingsReader;
  readonly clock: Clock;
  readonly log: Log;
  readonly makeSource: (outgoing: Outgoing<SourceSettings>) => MadePart<ConfiguredSource>;
  readonly makeChannel: (outgoing: Outgoing<ChannelSettings>) => MadePart<Channel>;
  readonly makeHeartbeat: (outgoing: Outgoing<HeartbeatSettings>) => MadePart<Heartbeat>;
  /** Where the rules that run are kept for a start with rule files that have problems; absent: they are not. */
  readonly keptRules?: KeptFiles;
  /** Called with the settings that run from now on. */
  readonly onTaken: (settings: Settings) => void;
}

/** What Andon cannot do without, or undefined. */
export function missingSource(settings: Settings): string | undefined {
  return settings.sources.length > 0
    ? undefined
    : 'no source is configured: give --source http://prometheus:9090, or sources in andon.yaml';
}

/** How pages are put together and held back. */
function tellingOf({ grouping, flapping }: Settings): Pick<Configured, 'grouping' | 'flapping'> {
  const { by, within, every } = grouping;
  const { relapses, within: relapsesWithin, steady } = flapping;
  return {
    grouping: { by, withinMs: within, everyMs: every },
    flapping: { relapses, withinMs: relapsesWithin, steadyMs: steady },
  };
}

/** What rule files are warned of: at once, or once their source has said how often samples come. */
function lookedAt(
  declared: DeclaredRules,
  sources: readonly ConfiguredSource[],
  clock: Clock,
): Pick<Extract<LoadedConfiguration, { kind: 'loaded' }>, 'warnings' | 'doubts'> {
  const { warnings } = declared;
  return {
    warnings: warnings.filter((each) => !isDoubt(each)).map(inOneLine),
    doubts: async (signal) =>
      (await settleDoubts({ ...declared, warnings: warnings.filter(isDoubt) }, sources, clock, signal)).map(inOneLine),
  };
}

/** Settings and rule files as what is configured; parts whose settings stay the same stay the same. */
export function createConfiguration(parts: ConfigurationParts): Configuration {
  const { reader, log, clock, keptRules } = parts;
  const files = new FileWatch(clock);
  const sources = new KeptParts(parts.makeSource);
  const channels = new KeptParts(parts.makeChannel);
  const heartbeats = new KeptParts(parts.makeHeartbeat);
  let running = parts.settings;
  let loaded = parts.settings;
  let hasRun = false;
  /** Rule files that are about to run; held no longer than until they are kept. */
  let toKeep: readonly RuleFile[] | undefined;
  /** Beside everything else: a slow disk delays no reload. */
  let keeping = Promise.resolve();
  let rules: { readonly key: string; readonly folder: RuleFolder } | undefined;

  /** Keeps the folder, and with it what was parsed before, as long as it would read the same. */
  const folderFor = (settings: Settings): RuleFolder => {
    const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
    const options = { paths: settings.rules, sources: names(settings.sources), channels: names(settings.channels) };
    const key = JSON.stringify(options);
    if (rules?.key !== key) rules = { key, folder: createRuleFolder(options) };
    return rules.folder;
  };

  const read = async (): Promise<ReadSettings> => {
    const now = await reader.read();
    if (now.kind === 'refused') return now;
    // A secret that is just being replaced must not keep rule files from being read again.
    const unusable = isDeepStrictEqual(now.settings, running) ? [] : await now.unusableFiles();
    const missing = missingSource(now.settings);
    const problems = [...unusable, ...(missing === undefined ? [] : [missing])];
    return problems.length === 0 ? now : { kind: 'refused', problems };
  };

  const keepRules = async (): Promise<void> => {
    const files = toKeep;
    toKeep = undefined;
    if (keptRules === undefined || files === undefined) return;
    try {
      await keptRules.keep(files);
    } catch (error) {
      log.warn('the rules that run could not be kept for a restart', { error });
    }
  };

  const build = async (settings: Settings, occasion: LoadOccasion): Promise<LoadedConfiguration> => {
    const templated = await Promise.all(settings.channels.map(withTemplate));
    const { proxy } = settings;
    // With another proxy each is another part, whose connections lead elsewhere.
    const outgoing = <S>(list: readonly S[]): readonly Outgoing<S>[] => list.map((each) => ({ settings: each, proxy }));
    const pickedSources = sources.pick(outgoing(settings.sources));
    try {
      const pickedChannels = channels.pick(outgoing(templated));
      const [heartbeat] = heartbeats.pick(outgoing(settings.heartbeat === undefined ? [] : [settings.heartbeat])).parts;
      const ruleFolder = folderFor(settings);
      const read = await ruleFolder.load();
      const goesOn = occasion === 'start' && settings.startWithBadRules;
      if (read.kind === 'refused' && !goesOn) {
        await Promise.all([pickedSources.discard(), pickedChannels.discard()]);
        return { kind: 'refused', refused: 'rules', problems: read.problems };
      }
      const { standIn, rules: declared } =
        read.kind === 'loaded' ? { rules: read } : await standInRules(read, ruleFolder, keptRules);
      toKeep = standIn === undefined || standIn.kind === 'sound-rules' ? read.files : undefined;
      return {
        kind: 'loaded',
        configured: {
          services: declared.services,
          sources: pickedSources.parts,
          channels: pickedChannels.parts,
          routes: routesOf(settings),
          ...tellingOf(settings),
          ...(heartbeat === undefined ? {} : { heartbeat }),
          staleAfterMs: Math.min(...settings.channels.map((each) => postingOf(each).staleAfter), 24 * 3_600_000),
          ...(settings.externalUrl === undefined ? {} : { externalUrl: settings.externalUrl }),
        },
        ...lookedAt(declared, pickedSources.parts, clock),
        atNextStart: atNextStart(parts.settings, settings),
        ...(standIn === undefined ? {} : { standIn }),
      };
    } catch (error) {
      await pickedSources.discard();
      throw error;
    }
  };

  return {
    async load(occasion) {
      await files.note([reader.path]);
      const now = await read();
      if (now.kind === 'refused') return { ...now, refused: 'settings' };
      const { settings } = now;
      const templates = settings.channels.flatMap(({ webhook }) => webhook?.templateFile ?? []);
      const paths = [...settings.rules, ...templates];
      await files.note(paths);
      files.keepOnly([reader.path, ...paths]);
      loaded = settings;
      try {
        return await build(settings, occasion);
      } catch (error) {
        if (!(error instanceof SettingsError)) throw error;
        return { kind: 'refused', refused: 'settings', problems: [error.message] };
      }
    },
    async taken() {
      // Told once, not at each reload.
      const isNews = !hasRun || running.channels.length > 0;
      hasRun = true;
      running = loaded;
      parts.onTaken(running);
      keeping = keeping.then(keepRules);
      if (running.channels.length === 0 && isNews)
        log.warn('no channel is configured: incidents are recorded and nobody is paged');
      await Promise.all([sources.closeOthers(), channels.closeOthers(), heartbeats.closeOthers()]);
    },
    watch: async (onChange, signal) => {
      await files.run(onChange, signal);
    },
    async close() {
      await Promise.all([keeping, sources.close(), channels.close(), heartbeats.close()]);
    },
  };
}
