import type { FlappingPolicy } from '../../domain/notification/flapping.ts';
import type { Grouping } from '../../domain/notification/grouping.ts';
import type { Route } from '../../domain/notification/route.ts';
import type { Service } from '../../domain/service/service.ts';
import type { Channel } from './channel.ts';
import type { Watcher } from './watcher.ts';
import type { Source } from './source.ts';

export interface ConfiguredSource {
  readonly source: Source;
  /** Bound of one poll with all its retries, ms. */
  readonly pollDeadlineMs: number;
}

/** Tells an outside watcher again and again that Andon works. */
export interface Heartbeat {
  readonly watcher: Watcher;
  readonly everyMs: number;
  /** How long nothing may be read, or a page may wait, before the heart stops, ms. */
  readonly patienceMs: number;
}

/** All that may change while Andon runs. A source or channel that is the same object as before is set up as before. */
export interface Configured {
  readonly services: readonly Service[];
  readonly sources: readonly ConfiguredSource[];
  readonly channels: readonly Channel[];
  /** Which incidents go to which channels; absent or empty: all go to those of their service, or to every one. */
  readonly routes?: readonly Route[];
  /** Which incidents are told as one; absent: none are. */
  readonly grouping?: Grouping;
  /** When an incident that goes off and on is told less often; absent: never. */
  readonly flapping?: FlappingPolicy;
  /** Who is told that Andon works. */
  readonly heartbeat?: Heartbeat;
  /** After this age, ms, a notification with a newer one behind it is told by the newer one. */
  readonly staleAfterMs: number;
  /** URL under which people reach Andon. */
  readonly externalUrl?: string;
}

/** What runs where Andon was started with rule files that have problems. */
export interface StandIn {
  /** The rules that ran before the restart, as they were kept; whatever in the rule files is without a problem; or nothing. */
  readonly kind: 'kept-rules' | 'sound-rules' | 'nothing';
  /** What is wrong with the rule files, one line each. */
  readonly problems: readonly string[];
  /** Services that the rule files declare by name and that are not watched, in order. */
  readonly leftOut: readonly string[];
}

/** Whether the files are read to start with, or while something runs already. */
export type LoadOccasion = 'start' | 'reload';

/** What settings and rule files say now, built and checked. */
export type LoadedConfiguration =
  | {
      readonly kind: 'loaded';
      readonly configured: Configured;
      /** What in the rule files deserves a look, one line each. */
      readonly warnings: readonly string[];
      /** What deserves a look unless samples come quickly enough, one line each: asks the sources how often they come. Does not reject. */
      readonly doubts?: (signal: AbortSignal) => Promise<readonly string[]>;
      /** What was changed and cannot change while Andon runs, one line each. */
      readonly atNextStart: readonly string[];
      /** Absent when it is the rule files that run. Only of a start; a reload keeps what runs. */
      readonly standIn?: StandIn;
    }
  | {
      readonly kind: 'refused';
      readonly refused: 'settings' | 'rules';
      /** One line each: file, line, column, what is wrong and what to write instead. */
      readonly problems: readonly string[];
    };

/** Where services, sources and channels come from. */
export interface Configuration {
  /** Reads, builds and checks everything anew. What cannot be read is a problem too. */
  load(occasion: LoadOccasion, signal: AbortSignal): Promise<LoadedConfiguration>;
  /** What was loaded last runs now: closes what it does without. Does not reject. */
  taken(): Promise<void>;
  /** Calls back after the files changed, until the signal aborts. */
  watch(onChange: () => void, signal: AbortSignal): Promise<void>;
  /** Closes every source and channel. May be called twice. */
  close(): Promise<void>;
}
