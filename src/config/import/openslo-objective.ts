import { formatRatio } from '../../domain/text/ratio.ts';
import type { ImportedBudget, ImportedTarget } from './imported-slo.ts';
import { tell, type InputPart } from './input-part.ts';
import { readSlice } from './openslo-period.ts';
import { partAt, takeNumber, takeText, tellAt } from './take-input.ts';

/** What an objective promises: a share of good events, or of good slices of time. */
interface OpenSloObjective {
  /** Where the share stands. */
  readonly part: InputPart;
  readonly share: number;
  /** Slices of time, where those are counted; `unknown` where it cannot be told, which was named. */
  readonly method?: Slices | 'unknown';
}

type Slices = NonNullable<ImportedBudget['method']>;

/** Reads the share that is promised, and the slices that count; of a ratio also what has no meaning there. */
export function readObjective(
  objective: InputPart,
  countsEvents: boolean,
  method: string,
): OpenSloObjective | undefined {
  if (countsEvents) {
    // Examples of OpenSLO say `op: gt` of a ratio, which its own validator forbids.
    const message = 'a ratio has no threshold, so this says nothing about it';
    for (const key of ['op', 'value']) tellAt(objective, key, { kind: 'without-effect', message });
  }
  const share = readShare(objective);
  const slices = readSlices(objective, method);
  if (share === undefined) return undefined;
  return { part: share.part, share: share.value, ...(slices === undefined ? {} : { method: slices }) };
}

/** The bound that an objective sets to a number. */
export function readBound(objective: InputPart): ImportedTarget | undefined {
  const operator = takeText(objective, 'op');
  const value = takeNumber(objective, 'value');
  const bounds = { lte: 'atMost', lt: 'atMost', gte: 'atLeast', gt: 'atLeast' } as const;
  const bound = Object.entries(bounds).find(([name]) => name === operator)?.[1];
  if (bound === undefined || value === undefined) {
    const message = 'a threshold needs op (lte, lt, gte or gt) and value, so this was not carried over';
    return tell(objective, { kind: 'lost', at: 'key', message });
  }
  const part = partAt(objective, 'op');
  if (part !== undefined && (operator === 'lt' || operator === 'gt')) {
    tell(part, {
      kind: 'changed',
      message: `a bound is met here when the number is at it: \`${operator}\` became ${bound}`,
    });
  }
  return { bound, value };
}

function readShare(objective: InputPart): { readonly part: InputPart; readonly value: number } | undefined {
  const target = partAt(objective, 'target');
  const percent = partAt(objective, 'targetPercent');
  if (target !== undefined && percent !== undefined) {
    tell(percent, {
      kind: 'lost',
      at: 'key',
      message: 'both `target` and `targetPercent` are given; the first was taken',
    });
  }
  if (target !== undefined) {
    const value = takeNumber(objective, 'target');
    if (value === undefined) return undefined;
    if (value > 0 && value <= 1) return { part: target, value };
    const hint =
      value > 1 && value <= 100
        ? `did you mean targetPercent: ${value}, which is target: ${Number((value / 100).toPrecision(12))}?`
        : undefined;
    const message = `a target is a share between 0 and 1, and this is ${value}, so this objective was not carried over`;
    return tell(target, { kind: 'lost', message, ...(hint === undefined ? {} : { hint }) });
  }
  if (percent === undefined) {
    const message = 'an objective needs a target or a targetPercent, so this was not carried over';
    return tell(objective, { kind: 'lost', at: 'key', message });
  }
  const value = takeNumber(objective, 'targetPercent');
  if (value === undefined) return undefined;
  if (!(value > 0 && value <= 100)) {
    const message = `a targetPercent lies between 0 and 100, and this is ${value}, so this objective was not carried over`;
    return tell(percent, { kind: 'lost', message });
  }
  const share = Number((value / 100).toPrecision(12));
  if (value <= 1) {
    const hint = `did you mean targetPercent: ${formatRatio(value).slice(0, -1)}?`;
    tell(percent, {
      kind: 'suspicious',
      message: `${value} percent is next to nothing; it was carried over as written`,
      hint,
    });
  }
  return { part: percent, value: share };
}

function readSlices(objective: InputPart, method: string): Slices | 'unknown' | undefined {
  const target = partAt(objective, 'timeSliceTarget');
  const window = partAt(objective, 'timeSliceWindow');
  if (method === 'Occurrences') {
    const message = 'events are counted here, so slices of time mean nothing';
    for (const part of [target, window])
      if (part !== undefined) tell(part, { kind: 'without-effect', at: 'key', message });
    return undefined;
  }
  const length = window === undefined ? undefined : readSlice(window);
  if (window === undefined) {
    tell(objective, {
      kind: 'changed',
      at: 'key',
      message: 'no timeSliceWindow is given; slices of one minute were taken',
    });
  }
  const slice = length ?? '1m';
  if (method === 'RatioTimeslices') {
    const message = 'slices count by their share here, so a target of theirs means nothing';
    if (target !== undefined) tell(target, { kind: 'without-effect', at: 'key', message });
    return { ratioTimeslices: slice };
  }
  const share = takeNumber(objective, 'timeSliceTarget');
  if (target === undefined || share === undefined || !(share > 0 && share <= 1)) {
    const message = 'Timeslices need a timeSliceTarget between 0 and 1, so this objective was not carried over';
    tell(target ?? objective, { kind: 'lost', at: 'key', message });
    return 'unknown';
  }
  return { timeslices: slice, target: formatRatio(share) };
}
