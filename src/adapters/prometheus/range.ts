import { askAll } from './batch.ts';
import type { Answer, Answers, BatchPlan, Question } from './batch.ts';
import type { Labels, ResultSeries } from './decode.ts';
import { questionLabel } from './promql.ts';

/** Points to read, `stepMs` apart, the first one at `start`, ms. */
export interface Stretch {
  readonly start: number;
  readonly points: number;
  readonly stepMs: number;
}

export type AskRange = (questions: readonly Question[], stretch: Stretch) => Promise<Answers>;

/** Prometheus refuses more points than this for one series. */
const maxPoints = 11_000;
/** Below this a stretch is not what makes a query expensive. */
const minPoints = 50;
/** Samples that one answer should hold, so that it stays small and Andon's memory with it. */
const samplesPerRequest = 100_000;
const maxExprs = 60;

export type RangePlan = (stretch: Stretch, maxExprs: number) => BatchPlan;

/** Asks over a stretch in pieces that the source takes; halves the piece for what is too expensive in one go. */
export async function askStretch(
  questions: readonly Question[],
  stretch: Stretch,
  planOf: RangePlan,
): Promise<Answers> {
  let merged: Answers = new Map();
  for (const piece of pieces(stretch)) merged = mergeAnswers(merged, await askPiece(questions, piece, planOf));
  return merged;
}

async function askPiece(questions: readonly Question[], piece: Stretch, planOf: RangePlan): Promise<Answers> {
  const exprs = Math.max(1, Math.min(maxExprs, Math.floor(samplesPerRequest / piece.points)));
  const answers = await askAll(questions, planOf(piece, exprs));
  const tooExpensive = questions.filter(({ expr }) => {
    const answer = answers.get(expr);
    return answer?.kind === 'failed' && answer.failure.reason === 'too-expensive';
  });
  if (tooExpensive.length === 0 || piece.points < minPoints) return answers;
  const [first, second] = halves(piece);
  const earlier = await askPiece(tooExpensive, first, planOf);
  // What fails in the first half has failed; asking for the second half would only load the source.
  const open = tooExpensive.filter(({ expr }) => earlier.get(expr)?.kind === 'ok');
  const later = open.length === 0 ? new Map<string, Answer>() : await askPiece(open, second, planOf);
  return new Map([...answers, ...mergeAnswers(earlier, later)]);
}

function halves(piece: Stretch): readonly [Stretch, Stretch] {
  const points = Math.ceil(piece.points / 2);
  const second = { ...piece, start: piece.start + points * piece.stepMs, points: piece.points - points };
  return [{ ...piece, points }, second];
}

function* pieces(stretch: Stretch): Generator<Stretch> {
  for (let done = 0; done < stretch.points; done += maxPoints) {
    const points = Math.min(maxPoints, stretch.points - done);
    yield { ...stretch, start: stretch.start + done * stretch.stepMs, points };
  }
}

/** Answers over several pieces as one; an expression that failed over any piece has failed. */
export function mergeAnswers(earlier: Answers, later: Answers): Answers {
  const merged = new Map(earlier);
  for (const [expr, answer] of later) merged.set(expr, mergeAnswer(earlier.get(expr), answer));
  return merged;
}

function mergeAnswer(earlier: Answer | undefined, later: Answer): Answer {
  if (earlier === undefined) return later;
  if (earlier.kind === 'failed') return earlier;
  if (later.kind === 'failed') return later;
  const known = new Map(earlier.series.map((series) => [labelsKey(series.labels), series]));
  // A source that repeats a series within one answer must still be noticed, so nothing is merged away then.
  if (known.size < earlier.series.length) return earlier;
  const merged = new Map(known);
  const repeated: ResultSeries[] = [];
  const seen = new Set<string>();
  for (const series of later.series) {
    const key = labelsKey(series.labels);
    const before = known.get(key);
    if (seen.has(key)) repeated.push(series);
    else merged.set(key, before === undefined ? series : { ...series, points: before.points.concat(series.points) });
    seen.add(key);
  }
  return { kind: 'ok', series: [...merged.values(), ...repeated] };
}

/** A question may stand at another place in the request for the next piece, so its number there tells nothing of its series. */
function labelsKey(labels: Labels): string {
  const own = Object.entries(labels).filter(([name]) => name !== questionLabel);
  return JSON.stringify(own.sort(([a], [b]) => (a < b ? -1 : 1)));
}
