import { describe, expect, test } from '@jest/globals';
import type { Question } from '../../../src/adapters/prometheus/batch.ts';
import { createPlanMemory } from '../../../src/adapters/prometheus/plan-memory.ts';
import { createQueryTexts, unremembered } from '../../../src/adapters/prometheus/query-texts.ts';
import { aRatio } from '../../support/signals.ts';

const question = (expr: string): Question => ({ expr, about: expr, origin: 'made' });

describe('the text of a query', () => {
  const [a, b, c] = ['up', 'vector(1)', 'sum(rate(x{a="ä&="}[5m]))'].map(question) as [Question, Question, Question];

  test('is a form field that asks all questions, and one alone as it is', () => {
    const field = new URLSearchParams(unremembered([a, b])).get('query');
    expect(field).toBe('label_replace(up, "andon_q", "0", "", "") or label_replace(vector(1), "andon_q", "1", "", "")');
    expect(new URLSearchParams(unremembered([c])).get('query')).toBe(c.expr);
  });

  test('is the same whether remembered or not, whatever was asked before', () => {
    const texts = createQueryTexts();
    for (const chunk of [[a, b], [a, b], [a, c], [a], [c, a], [a, b, c], [a, b], []])
      expect(texts(chunk)).toBe(unremembered(chunk));
  });

  test('is kept from the second time on, and forgotten when the others were asked twice without it', () => {
    let made = 0;
    const watched: Question = {
      about: 'up',
      origin: 'made',
      get expr() {
        made += 1;
        return 'up';
      },
    };
    const texts = createQueryTexts();
    for (let round = 0; round < 3; round += 1) for (const each of [watched, a, b, c]) texts([each]);
    expect(made).toBe(2);
    for (let round = 0; round < 4; round += 1) for (const each of [a, b, c]) texts([each]);
    texts([watched]);
    expect(made).toBe(3);
  });
});

describe('the plan of a step', () => {
  const signal = aRatio({ bad: 'errors_total', total: 'requests_total' });
  const other = aRatio({ bad: 'errors_total', total: 'requests_total' });

  test('is the same object from poll to poll, also when one came a little sooner', () => {
    const memory = createPlanMemory();
    const usual = memory.step(signal, { from: 5_000, to: 0 });
    const soon = memory.step(signal, { from: 4_995, to: 0 });
    expect(soon.questions[0]?.expr).toContain('offset 4995ms');
    expect(memory.step(signal, { from: 5_000, to: 0 })).toBe(usual);
    expect(memory.step(other, { from: 5_000, to: 0 })).not.toBe(usual);
    expect(memory.beside(signal)).toBe(memory.beside(signal));
  });

  test('is forgotten when it was not used for longest', () => {
    const memory = createPlanMemory();
    const usual = memory.step(signal, { from: 5_000, to: 0 });
    for (const from of [4_990, 4_995]) memory.step(signal, { from, to: 0 });
    expect(memory.step(signal, { from: 5_000, to: 0 })).not.toBe(usual);
  });
});
