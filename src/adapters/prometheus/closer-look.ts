import type { Answer, Answers, Question } from './batch.ts';
import { mergeAnswers } from './range.ts';
import type { AskRange, Stretch } from './range.ts';

/** Questions to ask about some points of a past only. */
export interface CloserLook {
  /** ms. */
  readonly times: readonly number[];
  readonly questions: readonly Question[];
}

/**
 * Asks further questions, each around the points that it is about; what is asked about the same points is asked together.
 * A question without points is not asked.
 */
export async function lookCloser(looks: readonly CloserLook[], stepMs: number, ask: AskRange): Promise<Answers> {
  const asked = new Map<string, { readonly run: Stretch; readonly questions: Question[] }>();
  for (const { question, times } of distinct(looks)) {
    for (const run of runsOf(times, stepMs)) {
      const key = `${run.start}+${run.points}`;
      const known = asked.get(key);
      if (known === undefined) asked.set(key, { run, questions: [question] });
      else known.questions.push(question);
    }
  }
  let answers: Answers = new Map<string, Answer>();
  // Points of one question are put together in the order of time.
  for (const { run, questions } of [...asked.values()].sort((a, b) => a.run.start - b.run.start))
    answers = mergeAnswers(answers, await ask(questions, run));
  return answers;
}

/** Each question once with all its points, ascending: runs of one question must not overlap. */
function distinct(looks: readonly CloserLook[]) {
  const asked = new Map<string, { readonly question: Question; readonly times: Set<number> }>();
  for (const { times, questions } of looks) {
    for (const question of questions) {
      const known = asked.get(question.expr) ?? { question, times: new Set() };
      asked.set(question.expr, known);
      for (const at of times) known.times.add(at);
    }
  }
  return [...asked.values()].map(({ question, times }) => ({ question, times: [...times].sort((a, b) => a - b) }));
}

/** A closer look is expensive, so it is taken only around the points that need one. */
const maxRuns = 30;

function runsOf(times: readonly number[], stepMs: number): readonly Stretch[] {
  for (let gap = 10; ; gap *= 4) {
    const runs: { start: number; end: number }[] = [];
    for (const at of times) {
      const last = runs.at(-1);
      if (last !== undefined && at - last.end <= gap * stepMs) last.end = at;
      else runs.push({ start: at, end: at });
    }
    if (runs.length > maxRuns) continue;
    return runs.map(({ start, end }) => ({ start, points: Math.round((end - start) / stepMs) + 1, stepMs }));
  }
}
