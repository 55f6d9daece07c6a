import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  SpecialValueMatch,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type RangeMap,
  type SpecialValueMap,
  type ValueMap,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** A word and a colour for each number that a state is coded as. */
export type StateWords = Readonly<Record<string, readonly [text: string, color: string]>>;

/** The colour of what a threshold or a word says. */
export function byThresholds(): FieldColorBuilder {
  return new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
}

/** Good up to the first bound; a colour from each bound on. */
export function steps(base: string, ...bounds: readonly (readonly [from: number, color: string])[]) {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: base }, ...bounds.map(([value, color]) => ({ value, color }))]);
}

/** Numbers that mean nothing good or bad. */
export const plain = (): ThresholdsConfigBuilder => steps('blue');
/** Anything above 0 is bad. */
export const noneIsGood = (): ThresholdsConfigBuilder => steps('green', [1, 'red']);
/** Anything above 0 deserves a look. */
export const noneIsBetter = (): ThresholdsConfigBuilder => steps('green', [1, 'orange']);
/** What is left of an error budget. */
export const budgetLeft = (): ThresholdsConfigBuilder => steps('red', [0.000_001, 'orange'], [0.25, 'green']);
/** How long a budget lasts: less than a day, less than a week. */
export const budgetLasts = (): ThresholdsConfigBuilder => steps('red', [86_400, 'orange'], [604_800, 'green']);
/** At 1 the budget is spent in exactly one period; the workbook pages at 14.4. */
export const burning = (): ThresholdsConfigBuilder => steps('green', [1, 'orange'], [14.4, 'red']);
/** What should be 1. */
export const yesIsGood = (): ThresholdsConfigBuilder => steps('red', [1, 'green']);

export const lineCodes = { moving: 1, stopped: 2 } as const;
export const lineWords: StateWords = { 1: ['moving', 'green'], 2: ['stopped', 'red'] };

export const gateCodes = { pass: 1, warn: 2, hold: 3, stop: 4, unknown: 5 } as const;
export const gateWords: StateWords = {
  1: ['pass', 'green'],
  2: ['warn', 'yellow'],
  3: ['hold', 'orange'],
  4: ['stop', 'red'],
  5: ['unknown', 'purple'],
};

export const ruleCodes = { inactive: 1, pending: 2, firing: 3, unknown: 4 } as const;
export const ruleWords: StateWords = {
  1: ['inactive', 'green'],
  2: ['pending', 'yellow'],
  3: ['firing', 'red'],
  4: ['unknown', 'purple'],
};

export const incidentWords: StateWords = {
  0: [' ', 'transparent'],
  1: ['off, not seen yet', 'orange'],
  2: ['detected', 'red'],
  3: ['back, watched', 'blue'],
};

/** 0 is also what stands there when no heartbeat is configured. */
export const heartbeatWords: StateWords = { 0: ['silent or none', 'orange'], 1: ['beating', 'green'] };
export const yesNoWords: StateWords = { 0: ['no', 'red'], 1: ['yes', 'green'] };
export const wellWords: StateWords = { 0: ['well', 'green'], 1: ['degraded', 'red'] };

/** What says that there is no number is neither good nor bad; Grafana would colour it as the lowest of all numbers. */
export const noNumber: SpecialValueMap = {
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.Null, result: { color: 'text', index: 99 } },
};

/** Seconds that stand for ever: more than 300 years. */
export const forEver = 10_000_000_000;
export const forEverWord: RangeMap = {
  type: MappingType.RangeToText,
  options: { from: forEver, to: null, result: { text: 'for ever', color: 'green', index: 0 } },
};

export function mapping(words: StateWords): ValueMap {
  const entries = Object.entries(words).map(([code, [text, color]], index) => [code, { text, color, index }]);
  return { type: MappingType.ValueToText, options: Object.fromEntries(entries) as ValueMap['options'] };
}
