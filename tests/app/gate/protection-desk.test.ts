import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { mostPending, type ProtectionDesk, type ProtectionRequest } from '../../../src/app/gate/protection-desk.ts';
import type { SendResult } from '../../../src/app/ports/channel.ts';
import type { ProtectionAnswerer, ProtectionReply } from '../../../src/app/ports/protection-answerer.ts';
import type { ProtectionResult } from '../../../src/domain/gate/protection-event.ts';
import { aGateBench, anOpenIncident, type GateBench } from '../../support/gate-bench.ts';

const minute = 60_000;

const question: ProtectionRequest = {
  id: 'octo/shop/production/42',
  service: 'checkout',
  repository: 'octo/shop',
  environment: 'production',
  deployment: 'github-42',
  sha: 'a84d88e7',
  ref: 'refs/heads/main',
  callbackUrl: 'https://api.github.com/repos/octo/shop/actions/runs/7/deployment_protection_rule',
  installation: 11,
};

/** GitHub as a test says, and what it was told. */
class ScriptedAnswerer implements ProtectionAnswerer {
  readonly waitAtMostMs = 60 * minute;
  readonly told: ProtectionReply[] = [];
  /** Words on why a deployment waits. */
  readonly words: string[] = [];
  /** Answers in turn; the last one stands. */
  results: SendResult[] = [{ kind: 'accepted' }];
  /** It breaks while it is set. */
  isBroken = false;

  mayCall(url: string): boolean {
    return url.startsWith('https://api.github.com/');
  }

  async answer(reply: ProtectionReply): Promise<SendResult> {
    if (this.isBroken) throw new Error('a bug');
    if (reply.state === undefined) {
      this.words.push(reply.comment);
      return await Promise.resolve({ kind: 'refused', reason: 'rejected', detail: 'too many comments' });
    }
    this.told.push(reply);
    const [first = { kind: 'accepted' } as const] = this.results;
    if (this.results.length > 1) this.results.shift();
    return await Promise.resolve(first);
  }
}

interface Scene extends AsyncDisposable {
  readonly bench: GateBench;
  readonly answerer: ScriptedAnswerer;
  readonly results: ProtectionResult[];
  readonly desk: ProtectionDesk;
  /** Ends this desk, as the end of the process does, and begins with what the log says. */
  restart(): Promise<void>;
  /** Moves time on, with a poll every 10 s that finds the service as it is. */
  pass(ms: number, value: number | 'open'): Promise<void>;
}

async function aScene(value: number | 'open' = 1): Promise<Scene> {
  const results: ProtectionResult[] = [];
  const bench = aGateBench({ protectionAnswered: (result) => results.push(result) });
  const answerer = new ScriptedAnswerer();
  bench.answerer = answerer;
  const poll = (found: number | 'open'): void => {
    if (found === 'open') bench.poll('checkout', 0.5, { incident: anOpenIncident(bench.clock.now() - minute) });
    else bench.poll('checkout', found);
  };
  poll(value);
  let stop = new AbortController();
  let desk = bench.protections;
  let running = desk.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  await turn();
  return {
    bench,
    answerer,
    results,
    get desk() {
      return desk;
    },
    async restart() {
      await end();
      stop = new AbortController();
      desk = bench.protectionDesk();
      running = desk.run(stop.signal);
      await bench.clock.advance(0);
    },
    async pass(ms, found) {
      for (let left = ms; left > 0; left -= 10_000) {
        poll(found);
        await bench.clock.advance(Math.min(10_000, left));
      }
    },
    async [Symbol.asyncDispose]() {
      await end();
      expect(bench.clock.asleep).toBe(0);
    },
  };
}

const types = ({ written }: GateBench) => written.map(({ type }) => type).filter((type) => type !== 'change-held');

describe('a deployment that waits for the gate', () => {
  test.each<[string, number | 'open', 'approved' | 'rejected', string]>([
    ['good', 1, 'approved', 'checkout: pass (end-state-holds)'],
    ['off its target', 0.99, 'approved', 'checkout: warn (target-missed)'],
    ['in an incident', 'open', 'rejected', 'checkout: stop (incident-open)'],
  ])('of a service that is %s is answered at once', async (_, value, state, words) => {
    await using scene = await aScene(value);
    expect(await scene.desk.ask(question)).toEqual({ kind: 'asked' });
    await scene.bench.clock.advance(0);
    const { callbackUrl, installation, environment } = question;
    expect(scene.answerer.told).toEqual([
      { callbackUrl, installation, environment, state, comment: expect.stringContaining(words) as unknown },
    ]);
    expect(scene.results).toEqual([state]);
    expect(types(scene.bench)).toEqual(['protection-asked', 'protection-answered']);
    expect(scene.desk.pending()).toEqual([]);
  });

  test('is answered though answering failed in a way that nobody foresaw', async () => {
    await using scene = await aScene();
    scene.answerer.isBroken = true;
    await scene.desk.ask(question);
    await scene.pass(minute, 1);
    expect(scene.results).toEqual([]);
    expect(scene.desk.pending()).toHaveLength(1);

    scene.answerer.isBroken = false;
    await scene.pass(minute, 1);
    expect(scene.results).toEqual(['approved']);
    expect(scene.desk.pending()).toEqual([]);
  });

  test('is told which incident it is, and where to read about it', async () => {
    await using scene = await aScene('open');
    await scene.desk.ask(question);
    await scene.bench.clock.advance(0);
    expect(scene.answerer.told[0]?.comment).toMatch(
      /incident checkout-20260822T020711Z is open\n\nhttps:\/\/andon\.example\.com\/incidents\/checkout-20260822T020711Z$/,
    );
  });

  test.each<[string, number | 'open', string]>([
    ['go', 1, 'approved'],
    ['abort', 'open', 'rejected'],
  ])('waits until the gate says %s, which is looked for every 30 s', async (_, then, state) => {
    await using scene = await aScene();
    // Nothing was read for ten minutes: the gate does not know.
    await scene.bench.clock.advance(10 * minute);
    await scene.desk.ask(question);
    await scene.bench.clock.advance(5 * minute);
    expect(scene.answerer.told).toEqual([]);
    expect(scene.desk.pending()).toMatchObject([
      { protection: { id: question.id }, said: { state: 'unknown', action: 'wait', reason: 'data-stale' } },
    ]);
    await scene.pass(20_000, then);
    expect(scene.answerer.told).toEqual([]);
    await scene.pass(10_000, then);
    expect(scene.answerer.told).toMatchObject([{ state }]);
  });

  test('is told why it waits, once for each reason', async () => {
    await using scene = await aScene();
    await scene.bench.clock.advance(10 * minute);
    await scene.desk.ask(question);
    await scene.bench.clock.advance(5 * minute);
    scene.bench.looks.delete('checkout');
    await scene.bench.clock.advance(5 * minute);
    expect(scene.answerer.words).toEqual([
      "Waiting for Andon's gate until 03:10:00 UTC at the latest. checkout: unknown (data-stale): checkout was last evaluated 10m ago, which is too long: after 1m it says nothing of now",
      expect.stringContaining('checkout: unknown (unknown-service)') as unknown,
    ]);
    expect(scene.answerer.told).toEqual([]);
  });

  test('is told no more than GitHub takes', async () => {
    await using scene = await aScene('open');
    await scene.bench.acts.freeze({ service: '*', by: 'ada', reason: 'x'.repeat(4000) });
    await scene.desk.ask(question);
    await scene.bench.clock.advance(0);
    const comment = scene.answerer.told[0]?.comment ?? '';
    expect(comment.length).toBeLessThanOrEqual(1024);
    expect(comment).toMatch(/^checkout: stop \(frozen\): ada stopped every line: x+…x+\n\nhttps:\/\/andon/);
  });

  test('is rejected when the gate has said neither for too long, and says so', async () => {
    await using scene = await aScene();
    await scene.bench.clock.advance(10 * minute);
    await scene.desk.ask(question);
    await scene.bench.clock.advance(60 * minute - 1);
    expect(scene.answerer.told).toEqual([]);
    await scene.bench.clock.advance(1);
    expect(scene.answerer.told).toMatchObject([{ state: 'rejected' }]);
    expect(scene.answerer.told[0]?.comment).toMatch(
      /^Andon's gate has not let it pass for 1h\. checkout: unknown \(data-stale\): checkout was last evaluated/,
    );
    expect(scene.results).toEqual(['waited-too-long']);
  });

  test('of a service that nobody watches waits for it, and is rejected with what is wrong', async () => {
    await using scene = await aScene();
    await scene.desk.ask({ ...question, service: 'chekout' });
    await scene.bench.clock.advance(60 * minute);
    expect(scene.answerer.told).toMatchObject([
      { state: 'rejected', comment: expect.stringContaining('no service named chekout is watched') as unknown },
    ]);
  });

  test.each(['github-42', 'a84d88e7'])('passes as the remedy of an incident under the id %s', async (change) => {
    await using scene = await aScene('open');
    const remedies = { incident: 'checkout-20260822T020711Z', by: 'ada', reason: 'reverts 41' };
    scene.bench.report({ change, service: 'checkout', remedies });
    await scene.desk.ask(question);
    await scene.bench.clock.advance(0);
    expect(scene.answerer.told).toMatchObject([
      { state: 'approved', comment: expect.stringContaining('says ada: reverts 41') as unknown },
    ]);
  });

  test.each(['github-42', 'a84d88e7'])('passes by an override for the change %s only', async (change) => {
    await using scene = await aScene('open');
    await scene.bench.acts.override({ service: 'checkout', by: 'ada', reason: 'it must', forMs: minute, change });
    await scene.desk.ask(question);
    await scene.desk.ask({ ...question, id: 'other', deployment: 'github-43', sha: 'bbb' });
    await scene.bench.clock.advance(0);
    expect(scene.answerer.told.map(({ state }) => state)).toEqual(['approved', 'rejected']);
  });
});

describe('a question', () => {
  test('that comes again is asked once, while it waits and after its answer, over restarts', async () => {
    await using scene = await aScene();
    expect(await Promise.all([scene.desk.ask(question), scene.desk.ask(question)])).toEqual([
      { kind: 'asked' },
      { kind: 'known' },
    ]);
    await scene.bench.clock.advance(0);
    expect(await scene.desk.ask(question)).toEqual({ kind: 'known' });
    await scene.restart();
    expect(await scene.desk.ask(question)).toEqual({ kind: 'known' });
    expect(scene.answerer.told).toHaveLength(1);
    expect(types(scene.bench)).toEqual(['protection-asked', 'protection-answered']);
  });

  test('survives a restart, with the time that it has waited', async () => {
    await using scene = await aScene();
    await scene.bench.clock.advance(10 * minute);
    await scene.desk.ask(question);
    await scene.bench.clock.advance(40 * minute);
    await scene.restart();
    expect(scene.desk.pending()).toMatchObject([{ protection: question, said: { action: 'wait' } }]);
    await scene.bench.clock.advance(20 * minute);
    expect(scene.results).toEqual(['waited-too-long']);
  });

  test('that was taken before anybody answers is answered once somebody does', async () => {
    const bench = aGateBench();
    const answerer = new ScriptedAnswerer();
    bench.answerer = answerer;
    bench.poll('checkout', 1);
    await bench.protections.ask(question);
    const stop = new AbortController();
    const running = bench.protections.run(stop.signal);
    await bench.clock.advance(0);
    stop.abort();
    await running;
    expect(answerer.told).toHaveLength(1);
  });

  test('is refused whose answer would go elsewhere, and leaves nothing behind', async () => {
    await using scene = await aScene();
    const foreign = { ...question, callbackUrl: 'https://evil.example.com/' };
    expect(await scene.desk.ask(foreign)).toEqual({ kind: 'foreign-callback' });
    expect(scene.bench.written).toEqual([]);
  });

  test('is refused while no App could answer', async () => {
    await using scene = await aScene();
    scene.bench.answerer = undefined;
    expect(await scene.desk.ask(question)).toEqual({ kind: 'no-app' });
    expect(scene.bench.written).toEqual([]);
  });

  test('waits when the App leaves the settings, and is answered when it is back', async () => {
    await using scene = await aScene();
    await scene.bench.clock.advance(10 * minute);
    await scene.desk.ask(question);
    scene.bench.answerer = undefined;
    await scene.pass(30_000, 1);
    expect(scene.desk.pending()).toMatchObject([{ problem: 'the settings name no App that could answer' }]);
    scene.bench.answerer = scene.answerer;
    await scene.pass(minute, 1);
    expect(scene.results).toEqual(['approved']);
  });

  test('is refused that the store cannot keep', async () => {
    await using scene = await aScene();
    scene.bench.refuses = true;
    expect(await scene.desk.ask(question)).toEqual({ kind: 'not-stored', reason: 'full', detail: 'the disk is full' });
    scene.bench.refuses = false;
    expect(await scene.desk.ask(question)).toEqual({ kind: 'asked' });
  });

  test('is refused beyond what may wait at once', async () => {
    await using scene = await aScene();
    await scene.bench.clock.advance(10 * minute);
    for (let number = 0; number < mostPending; number += 1)
      expect(await scene.desk.ask({ ...question, id: `q${number}` })).toEqual({ kind: 'asked' });
    expect(await scene.desk.ask({ ...question, id: 'one more' })).toEqual({ kind: 'too-many' });
    expect(scene.desk.pending()).toHaveLength(mostPending);
  });
});

describe('an answer', () => {
  const away: SendResult = { kind: 'retry', reason: 'unreachable', detail: 'cannot reach GitHub' };

  test('that does not get through is tried again, by what the gate says then', async () => {
    await using scene = await aScene();
    scene.answerer.results = [away];
    await scene.desk.ask(question);
    await scene.pass(10_000, 1);
    expect(scene.desk.pending()).toMatchObject([{ problem: 'cannot reach GitHub', said: { action: 'go' } }]);
    expect(new Set(scene.answerer.told.map(({ state }) => state))).toEqual(new Set(['approved']));
    scene.answerer.results = [{ kind: 'accepted' }];
    await scene.pass(minute, 'open');
    expect(scene.answerer.told.at(-1)?.state).toBe('rejected');
    expect(scene.results).toEqual(['rejected']);
    expect(scene.bench.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('is not tried again before the time that GitHub asks for', async () => {
    await using scene = await aScene();
    scene.answerer.results = [{ ...away, reason: 'throttled', retryAfterMs: 2 * minute }, { kind: 'accepted' }];
    await scene.desk.ask(question);
    await scene.pass(2 * minute, 1);
    expect(scene.answerer.told).toHaveLength(1);
    await scene.pass(1_000, 1);
    expect(scene.results).toEqual(['approved']);
  });

  test('that is refused is the end, with a line in the log that says why', async () => {
    await using scene = await aScene();
    const detail = 'https://api.github.com answered HTTP 422: No pending deployment';
    scene.answerer.results = [{ kind: 'refused', reason: 'rejected', detail }];
    await scene.desk.ask(question);
    await scene.pass(5 * minute, 1);
    expect(scene.answerer.told).toHaveLength(1);
    expect(scene.results).toEqual(['refused']);
    expect(scene.desk.pending()).toEqual([]);
    expect(scene.bench.log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { fields: { repository: 'octo/shop', environment: 'production', words: detail } },
    ]);
  });

  test('that nobody takes for a month is given up', async () => {
    await using scene = await aScene();
    scene.answerer.results = [away];
    await scene.desk.ask(question);
    await scene.pass(10_000, 1);
    scene.bench.clock.step(30 * 86_400_000);
    await scene.pass(10 * minute, 1);
    expect(scene.results).toEqual(['refused']);
  });

  test('that was given is not given again because the store could not keep it', async () => {
    await using scene = await aScene();
    await scene.bench.clock.advance(10 * minute);
    await scene.desk.ask(question);
    scene.bench.refuses = true;
    await scene.pass(minute, 1);
    expect(types(scene.bench)).toEqual(['protection-asked']);
    scene.bench.refuses = false;
    await scene.pass(10_000, 1);
    expect(types(scene.bench)).toEqual(['protection-asked', 'protection-answered']);
    expect(scene.answerer.told).toHaveLength(1);
    expect(scene.results).toEqual(['approved']);
  });
});
