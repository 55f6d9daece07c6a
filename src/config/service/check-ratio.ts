import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import type { RatioSignal } from '../../domain/service/service.ts';
import type { Report, Span, TextProblem } from '../problem.ts';
import type { Selector } from '../promql/selector.ts';
import { counterProblem } from './counter-problem.ts';
import { matchersOn, namedValues, passes } from './matcher-values.ts';
import { selectorIn } from './selector-in.ts';
import { isLowerBucket, swappedBucket } from './swapped-bucket.ts';
import { swappedProblem } from './swapped-problem.ts';

/** The texts a ratio was read from. */
interface RatioTexts {
  readonly numerator: string;
  readonly total: string;
}

/** Says when what a ratio counts as good (or bad) is no part of what it counts in total, or is no count of events. */
export function checkRatio(signal: RatioSignal, texts: RatioTexts, path: DeclarationPath, report: Report): void {
  const numerator = termsIn(signal.numeratorTerms, texts.numerator);
  const total = termsIn(signal.totalTerms, texts.total);
  const say = (side: string, term: Term, problem: TextProblem | undefined): void => {
    if (problem === undefined) return;
    const { from, to } = problem.within;
    report({ ...problem, path: [...path, side], within: { from: term.from + from, to: term.from + to } });
  };
  for (const term of total) say('total', term, counterProblem(term.selector));
  const swapped = swappedBucket(numerator, total, signal.numerator);
  if (swapped !== undefined) say(signal.numerator, swapped.term, swapped.problem);
  for (const term of numerator) {
    const counter = counterProblem(term.selector);
    say(signal.numerator, term, counter);
    if (counter !== undefined || term.sign === -1) continue;
    say(
      signal.numerator,
      term,
      swappedProblem(term.selector, signal.numerator) ??
        partProblem(
          term,
          total,
          signal.numerator,
          numerator.some(({ sign }) => sign === -1),
        ),
    );
  }
}

interface Term {
  readonly sign: 1 | -1;
  readonly selector: Selector;
  /** Where it stands in the text. */
  readonly from: number;
}

function termsIn(terms: RatioSignal['totalTerms'], text: string): readonly Term[] {
  let end = 0;
  return terms.flatMap(({ sign, selector: written }) => {
    const from = Math.max(0, text.indexOf(written, end));
    end = from + written.length;
    const selector = selectorIn(written);
    return selector === undefined ? [] : [{ sign, selector, from }];
  });
}

/** Series are comparable by their matchers where both sides name the same metric, and every name is known. */
function partProblem(
  { selector }: Term,
  total: readonly Term[],
  side: 'good' | 'bad',
  isSubtracted: boolean,
): TextProblem | undefined {
  if (selector.name === undefined || total.some((term) => term.selector.name === undefined)) return undefined;
  const same = total.filter((term) => term.sign === 1 && term.selector.name === selector.name);
  const [only] = same;
  if (only === undefined) return undefined;
  // A bucket is a part of each that is higher, so other values of `le` are no contradiction.
  const isPart = (whole: Selector): boolean => isLowerBucket(selector, whole) === true;
  const clashes = same.map((term) => clash(selector, term.selector, isPart(term.selector) ? 'le' : undefined));
  const [first] = clashes;
  if (first !== undefined && clashes.every((each) => each !== undefined)) return disjoint(first, side);
  // Several counters may make up together what one selector matches, and what is subtracted may make up for what is too much.
  if (same.length > 1 || isSubtracted) return undefined;
  const missing = only.selector.matchers.filter(
    (matcher) => !isImplied(matcher, selector) && !(matcher.label === 'le' && isPart(only.selector)),
  );
  if (missing.length === 0) return undefined;
  const lacking = missing.map(({ text }) => text).join(', ');
  return {
    code: 'ratio-not-a-part',
    severity: 'warning',
    within: { from: 0, to: selector.text.length },
    message: `\`${side}\` may count more than \`total\`, which is narrowed by ${lacking}`,
    hint: `narrow both in the same way: add ${lacking} here, or take it out of total`,
  };
}

interface Clash {
  readonly label: string;
  readonly ours: Span & { readonly text: string };
  readonly theirs: string;
}

/** Labels that say where something was counted; the same event never has two values of them. */
const places =
  /^(?:job|instance|service|service_name|app|application|namespace|cluster|env|environment|region|zone|pod|container|host|node|tenant|team)$/;

function disjoint({ label, ours, theirs }: Clash, side: 'good' | 'bad'): TextProblem {
  const isPlace = places.test(label);
  return {
    code: 'ratio-disjoint',
    // One metric may count the steps of a flow, as in state="started" and state="finished".
    severity: isPlace ? 'error' : 'warning',
    within: { from: ours.from, to: ours.to },
    message: `\`${side}\` and \`total\` have no series in common: here ${ours.text}, in \`total\` ${theirs}`,
    hint: isPlace
      ? `what is ${side} is a part of the total: give both the same ${label}`
      : `what is ${side} is a part of the total; if it is not, its share can pass 100% and reads as impossible`,
  };
}

/** A label, `but` one, on which two selectors can have no value in common. */
function clash(ours: Selector, theirs: Selector, but: string | undefined): Clash | undefined {
  for (const matcher of theirs.matchers) {
    if (matcher.label === but) continue;
    const own = matchersOn(ours, matcher.label);
    const others = matchersOn(theirs, matcher.label);
    for (const mine of own) {
      const [values, against] =
        namedValues(mine) === undefined ? [namedValues(matcher), own] : [namedValues(mine), others];
      if (values === undefined) continue;
      if (values.every((value) => against.some((each) => passes(each, value) === false)))
        return { label: matcher.label, ours: mine, theirs: matcher.text };
    }
  }
  return undefined;
}

/** Whether every series that a selector matches also passes a matcher. */
function isImplied(matcher: Selector['matchers'][number], by: Selector): boolean {
  const own = matchersOn(by, matcher.label);
  if (own.some(({ op, value }) => op === matcher.op && value === matcher.value)) return true;
  // Told apart by more than a list of values, nothing is claimed.
  if (own.length > 0)
    return own.every((each) => namedValues(each)?.every((value) => passes(matcher, value) !== false) ?? true);
  return false;
}
