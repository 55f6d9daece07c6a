import pLimit from 'p-limit';
import type { Inspector } from '../../app/ports/inspector.ts';
import type { Source } from '../../app/ports/source.ts';
import { PrometheusApi } from './api.ts';
import type { ApiAnswer, ApiTools } from './api.ts';
import { readArrivals } from './arrivals.ts';
import { askAll } from './batch.ts';
import type { Answers, BatchPlan, Question } from './batch.ts';
import { readBuckets } from './buckets.ts';
import { createClock } from './clock.ts';
import { decodeInstant, decodeRange } from './decode.ts';
import { encodeForm, seconds } from './form.ts';
import { readHistory } from './history.ts';
import { createInspector } from './inspector.ts';
import { createLoners } from './loners.ts';
import type { PrometheusOptions } from './options.ts';
import { createPlanMemory } from './plan-memory.ts';
import { createQueryTexts, unremembered } from './query-texts.ts';
import { askStretch } from './range.ts';
import type { Stretch } from './range.ts';
import { readSignals } from './read.ts';
import { readRecorded, readRecordedPast } from './recorded.ts';

/** A source with its connections; close it when it is not needed any more. */
export interface PrometheusSource extends Source, Inspector, AsyncDisposable {
  close(): Promise<void>;
}

// Measured: from here on a union costs Prometheus more for each expression, and Andon hardly less.
const maxExprs = 60;
/** Far below what any source but VictoriaMetrics refuses, which says what it takes. */
const maxQueryBytes = 60_000;

type Fields = Readonly<Record<string, string>>;

/** Reads signals from Prometheus, or from anything that speaks its HTTP API. Throws only for a URL that is none. */
export function createPrometheusSource(options: PrometheusOptions, tools: Partial<ApiTools> = {}): PrometheusSource {
  const monotonic = tools.monotonic ?? (() => performance.now());
  const api = new PrometheusApi(options, { random: tools.random ?? Math.random, monotonic });
  const { concurrency, returnWindowMs, timeoutMs } = api.limits;
  // Reading the past may take all the time there is: one place is left for what is read now.
  const forPast = pLimit(Math.max(1, concurrency - 1));
  const readClock = createClock();
  const loners = createLoners(monotonic);
  const size = { maxQueryBytes };
  const memory = createPlanMemory();
  const instantTexts = createQueryTexts();
  // The source stops a moment before Andon hangs up, and so gets to say why. `nocache` keeps VictoriaMetrics from
  // moving the instant to a rounded, cached one, and `latency_offset` (its newer versions know it, and take no zero) from
  // answering ranges with older values for the last half minute. Other sources ignore both.
  const common = { timeout: `${Math.ceil(timeoutMs * 0.9)}ms`, nocache: '1', latency_offset: '1ms' };

  const atInstant = async (query: () => string, when: Fields, signal: AbortSignal): Promise<ApiAnswer> => {
    const form = (): string => `${query()}&${encodeForm({ ...when, ...common })}`;
    return api.call('/api/v1/query', form, signal, { encoding: 'identity' });
  };

  const askAt =
    (at: number | undefined, signal: AbortSignal) =>
    async (questions: readonly Question[]): Promise<Answers> =>
      askAll(questions, {
        call: async (query) => atInstant(query, at === undefined ? {} : { time: seconds(at) }, signal),
        decode: (data) => decodeInstant(data, at ?? Date.now()),
        texts: instantTexts,
        loners,
        size,
        maxExprs,
        remember: true,
      });

  const rangePlan =
    (signal: AbortSignal) =>
    (stretch: Stretch, exprs: number): BatchPlan => {
      const { start, points, stepMs } = stretch;
      const range = {
        start: seconds(start),
        end: seconds(start + (points - 1) * stepMs),
        // Prometheus and VictoriaMetrics cut to whole ms what rounding has made 1.00499… s; half a ms more keeps the step whole.
        step: ((Math.round(stepMs) + 0.5) / 1_000).toString(),
      };
      return {
        call: async (query) =>
          forPast(async () =>
            api.call('/api/v1/query_range', () => `${query()}&${encodeForm({ ...range, ...common })}`, signal),
          ),
        decode: decodeRange,
        texts: unremembered,
        loners,
        size,
        maxExprs: exprs,
        remember: false,
      };
    };

  // The source's clock, and not Andon's, would be right here; an hour's width makes up for a skew.
  const inspector = createInspector(api, () => Date.now());

  const close = async (): Promise<void> => api.close();

  return {
    name: options.name,
    async clock(signal) {
      return readClock(async (query) => atInstant(() => encodeForm({ query }), {}, signal));
    },
    async read(reads, at, signal) {
      return readSignals(reads, at, askAt(at, signal), returnWindowMs, memory);
    },
    async recorded(reads, at, signal) {
      return readRecorded(reads, askAt(at, signal));
    },
    async recordedPast(read, stretch, stepMs, signal) {
      const plan = rangePlan(signal);
      return readRecordedPast(read, stretch, stepMs, async (questions, part) => askStretch(questions, part, plan));
    },
    async history(signals, stretch, stepMs, signal, sampleTimes = 'exact') {
      const plan = rangePlan(signal);
      const askPart = async (questions: readonly Question[], part: Stretch): Promise<Answers> =>
        askStretch(questions, part, plan);
      return readHistory(signals, { ...stretch, stepMs, sampleTimes }, askPart, returnWindowMs);
    },
    async buckets(signals, at, signal) {
      return readBuckets(signals, askAt(at, signal));
    },
    async arrivals(signals, at, signal) {
      return readArrivals(signals, askAt(at, signal));
    },
    ...inspector,
    close,
    [Symbol.asyncDispose]: close,
  };
}
