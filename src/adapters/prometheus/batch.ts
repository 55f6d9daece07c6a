import type { ApiAnswer } from './api.ts';
import type { Decoded, ResultSeries } from './decode.ts';
import { failed } from './failure.ts';
import type { Failed } from './failure.ts';
import type { Loners } from './loners.ts';
import { questionLabel } from './promql.ts';

/** An expression to ask, and what it is about: the selector or query it was made from. */
export interface Question {
  readonly expr: string;
  readonly about: string;
  /** `declared`: a user's own PromQL, which may cost anything; kept apart from the expressions Andon makes. */
  readonly origin: 'made' | 'declared';
}

export type Answer = Decoded;

/** Answers by expression text. */
export type Answers = ReadonlyMap<string, Answer>;

export type Ask = (questions: readonly Question[]) => Promise<Answers>;

/** Makes the form field that asks several questions in one query. */
export type QueryTexts = (chunk: readonly Question[]) => string;

export interface BatchPlan {
  /** Asks the query that `query` makes, as a field of a form. */
  readonly call: (query: () => string) => Promise<ApiAnswer>;
  readonly texts: QueryTexts;
  readonly decode: (data: unknown) => Decoded;
  readonly loners: Loners;
  readonly size: BatchSize;
  /** Expressions in one request at most. */
  readonly maxExprs: number;
  /** Whether what fails on its own is asked alone from now on. */
  readonly remember: boolean;
}

/** How long a query text the source takes, bytes; lowered when it says that one was too long. */
export interface BatchSize {
  maxQueryBytes: number;
}

/** A request's worth of label_replace around an expression. */
const wrappingBytes = 40;

type Chunk = readonly Question[];

/** Requests that one round may spend on finding culprits: a source that refuses everything must not be asked a thousand times. */
const searchBudget = 64;

/**
 * Asks many expressions in few requests. Equal texts are asked once. When the source refuses a request because of what
 * was asked, it is halved until the culprit stands alone, so that one bad signal spoils no other.
 */
export async function askAll(questions: Iterable<Question>, plan: BatchPlan): Promise<Answers> {
  const distinct = new Map<string, Question>();
  for (const question of questions) distinct.set(question.expr, question);
  const answers = new Map<string, Answer>();
  const suspects: Question[] = [];
  let budget = searchBudget;
  let gotThrough = false;
  const chunks = intoChunks([...distinct.values()], plan);
  await Promise.all(chunks.map(async (chunk) => settle(chunk, await askChunk(chunk, plan))));
  // When nothing got through, the source is at fault and not what it was asked.
  if (plan.remember && gotThrough) for (const { about } of suspects) plan.loners.add(about);
  return answers;

  async function settle(chunk: Chunk, answer: Decoded): Promise<void> {
    if (answer.kind === 'ok') {
      gotThrough = true;
      distribute(chunk, answer.series, answers);
      return;
    }
    const tooLong = lowerSize(plan.size, answer);
    if (answer.scope === 'source' || chunk.length === 1 || (budget < 2 && !tooLong)) {
      fail(chunk, answer);
      return;
    }
    if (!tooLong) budget -= 2;
    const middle = Math.ceil(chunk.length / 2);
    const halves = [chunk.slice(0, middle), chunk.slice(middle)];
    const halfAnswers = await Promise.all(halves.map(async (half) => askChunk(half, plan)));
    // Halving again would only load a source further that is slow whatever it is asked.
    if (answer.slow === true && halfAnswers.every((half) => half.kind === 'failed' && half.slow === true)) {
      fail(chunk, answer);
      return;
    }
    for (const [index, half] of halves.entries()) {
      const halfAnswer = halfAnswers[index];
      if (halfAnswer !== undefined) await settle(half, halfAnswer);
    }
  }

  function fail(chunk: Chunk, answer: Failed): void {
    for (const question of chunk) answers.set(question.expr, answer);
    const isToBlame = answer.scope === 'query' && (chunk.length === 1 || answer.slow === true);
    // What was cut off by the clock may have been held up by one of them, which is asked alone from now on.
    if (isToBlame || answer.failure.reason === 'timeout') suspects.push(...chunk);
  }
}

/** A source that takes shorter texts only says how long they may be. */
function lowerSize(size: BatchSize, { failure }: Failed): boolean {
  const limit = /mustn't exceed[^\d]*(\d+) bytes/.exec(failure.detail)?.[1];
  if (limit === undefined) return false;
  size.maxQueryBytes = Math.min(size.maxQueryBytes, Number(limit) - 100);
  return true;
}

async function askChunk(chunk: Chunk, plan: BatchPlan): Promise<Decoded> {
  const answer = await plan.call(() => plan.texts(chunk));
  return answer.kind === 'failed' ? answer : plan.decode(answer.data);
}

function distribute(chunk: Chunk, series: readonly ResultSeries[], answers: Map<string, Answer>): void {
  if (chunk.length === 1 && chunk[0] !== undefined) {
    answers.set(chunk[0].expr, { kind: 'ok', series });
    return;
  }
  const parts: ResultSeries[][] = chunk.map(() => []);
  for (const one of series) {
    const part = parts[Number(one.labels[questionLabel])];
    if (part === undefined) {
      const stray = failed('bad-response', `the result holds a series without the label ${questionLabel}`);
      for (const { expr } of chunk) answers.set(expr, stray);
      return;
    }
    part.push(one);
  }
  for (const [index, { expr }] of chunk.entries()) answers.set(expr, { kind: 'ok', series: parts[index] ?? [] });
}

function intoChunks(questions: readonly Question[], { loners, size, maxExprs }: BatchPlan): readonly Chunk[] {
  const chunks: Question[][] = [];
  const open = new Map<Question['origin'], { readonly chunk: Question[]; bytes: number }>();
  for (const question of questions) {
    if (loners.has(question.about)) {
      chunks.push([question]);
      continue;
    }
    const bytes = Buffer.byteLength(question.expr) + wrappingBytes;
    const current = open.get(question.origin);
    if (current === undefined || current.chunk.length >= maxExprs || current.bytes + bytes > size.maxQueryBytes) {
      const chunk = [question];
      chunks.push(chunk);
      open.set(question.origin, { chunk, bytes });
    } else {
      current.chunk.push(question);
      current.bytes += bytes;
    }
  }
  return chunks;
}
