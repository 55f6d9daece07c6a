import type { Signal } from '../../domain/service.ts';

/** The signals a condition may look at, and of which kind each is. */
export type SignalKinds = ReadonlyMap<string, Signal['kind']>;
