import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import { Recorder } from '../../../src/app/recording/recorder.ts';
import type { IncidentEvent } from '../../../src/domain/incident/event.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import type { StoredLogEvent } from '../../../src/domain/log/log-event.ts';
import type { HoldingPolicy } from '../../../src/domain/notification/hold-back.ts';
import type { Notification } from '../../../src/domain/notification/notification.ts';
import { owedTelling } from '../../../src/domain/notification/owed-telling.ts';
import { silencingOf, type Silence } from '../../../src/domain/silence/silence.ts';
import { silentLog } from '../../../src/app/ports/log.ts';
import { anEvent, aStop } from '../../support/incident-story.ts';

const second = 1000;
const channels = ['chat', 'pager'] as const;

/** What may happen: an incident turns, a silence begins or ends, Andon starts anew, time passes. */
type Step =
  | { readonly kind: 'turn' | 'worsen' | 'flutter'; readonly incident: number }
  | { readonly kind: 'silence'; readonly incident: number; readonly seconds: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'wait'; readonly seconds: number };

const incidents = 4;
const anIncident = fc.integer({ min: 0, max: incidents - 1 });
const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('turn' as const), incident: anIncident }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flutter' as const), incident: anIncident }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('worsen' as const), incident: anIncident }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('silence' as const),
      incident: anIncident,
      seconds: fc.integer({ min: 1, max: 900 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 400 }) }),
  },
);

/** Incidents, a recorder and what tells later, in time that a test moves. */
class Stage {
  now = 1_787_364_000_000;
  readonly log: StoredLogEvent[] = [];
  readonly sent: Notification[] = [];
  readonly silences = new Map<string, Silence>();
  book = new IncidentBook();
  recorder = this.#newRecorder();

  #newRecorder(): Recorder {
    return new Recorder({
      store: {
        commit: async ({ events = [], notifications = [], recordedAt }) => {
          const stored = events.map((event, index) => ({ ...event, seq: this.log.length + index + 1, recordedAt }));
          this.log.push(...stored);
          this.sent.push(...notifications);
          return await Promise.resolve(stored);
        },
      },
      book: this.book,
      clock: { now: () => this.now },
      log: silentLog,
      telemetry: { eventsCommitted: () => undefined },
      holding: () => this.holding(),
      deliver: () => undefined,
    });
  }

  holding(): HoldingPolicy {
    return {
      silencing: (incident, now) => silencingOf(incident, this.silences, now),
      grouping: {
        withinMs: 120 * second,
        everyMs: 30 * second,
        keyOf: () => '',
        isGrouped: (channel) => channel === 'chat',
      },
      flapping: { relapses: 3, withinMs: 3_600 * second, steadyMs: 600 * second },
    };
  }

  restart(): void {
    this.book = new IncidentBook();
    this.book.apply(this.log);
    this.recorder = this.#newRecorder();
  }

  async record(event: IncidentEvent): Promise<void> {
    await this.recorder.record({ events: [event], checkpoints: [], channels });
  }

  async turn(index: number): Promise<void> {
    const id = `inc-${index}`;
    const incident = this.book.get(id)?.incident;
    const base = { service: `s${index}`, group: {}, incidentId: id, at: this.now };
    const severity = index === 0 ? ('ticket' as const) : ('page' as const);
    const type = incident === undefined ? 'opened' : incident.phase === 'open' ? 'resolved' : 'relapsed';
    const {
      seq: _seq,
      recordedAt: _at,
      ...event
    } = anEvent(type, 1, 0, { ...base, ...(type === 'resolved' ? {} : { stop: aStop({ severity }) }) });
    await this.record(event as IncidentEvent);
  }

  async worsen(index: number): Promise<void> {
    const incident = this.book.get(`inc-${index}`)?.incident;
    if (incident?.phase !== 'open') return;
    const base = { service: `s${index}`, group: {}, incidentId: incident.id, at: this.now };
    await this.record({ ...base, type: 'rule-joined', stop: aStop({ rule: 'worse', severity: 'page' }) });
  }

  /** As the watch does, second by second or so. */
  async tell(): Promise<void> {
    for (const { id } of this.all()) {
      const incident = this.book.get(id)?.incident;
      if (incident === undefined) continue;
      const around = new Map(this.all().map((each) => [each.id, each]));
      const event = owedTelling(incident, { ...this.holding(), around, standing: {}, now: this.now });
      if (event !== undefined) await this.recorder.record({ events: [event], checkpoints: [], channels });
    }
  }

  all(): readonly Incident[] {
    return this.book.list({ limit: 100 });
  }

  async wait(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 10) {
      this.now += Math.min(10, left) * second;
      await this.tell();
    }
  }

  async play(step: Step): Promise<void> {
    switch (step.kind) {
      case 'turn':
        await this.turn(step.incident);
        return;
      case 'flutter':
        for (let times = 0; times < 7; times += 1) {
          await this.turn(step.incident);
          await this.wait(10);
        }
        return;
      case 'worsen':
        await this.worsen(step.incident);
        return;
      case 'silence': {
        const id = `silence-${this.silences.size}`;
        const until = this.now + step.seconds * second;
        const matcher = { service: `s${step.incident}` };
        this.silences.set(id, { id, matcher, by: 'ada', reason: 'x', at: this.now, from: this.now, until });
        return;
      }
      case 'restart':
        this.restart();
        return;
      case 'wait':
        await this.wait(step.seconds);
    }
  }
}

/** Whether a channel believes that an incident is open, by what it was sent; each end must answer a page. */
function believes(sent: readonly Notification[], channel: string): ReadonlySet<string> {
  const open = new Set<string>();
  for (const { channel: to, incidentId, kind } of sent) {
    if (to !== channel) continue;
    if (kind !== 'resolved') open.add(incidentId);
    else if (!open.delete(incidentId))
      throw new Error(`${channel} hears of an end of ${incidentId} twice, or of nothing`);
  }
  return open;
}

describe('whatever is silenced, grouped or flapping', () => {
  test('whoever was told of an incident hears its end once, and nothing that stays open is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 8, maxLength: 30, size: 'max' }), async (steps) => {
        const stage = new Stage();
        for (const step of steps) {
          await stage.play(step);
          await stage.tell();
          for (const channel of channels) believes(stage.sent, channel);
        }
        // Every silence is over and everything has been steady for long: what channels believe is true.
        await stage.wait(1_600);
        const open = new Set(stage.all().flatMap(({ id, phase }) => (phase === 'open' ? [id] : [])));
        expect(believes(stage.sent, 'pager')).toEqual(open);
        const chat = believes(stage.sent, 'chat');
        for (const id of open) {
          const under = stage.book.get(id)?.incident.telling.under?.incidentId;
          expect(chat.has(id) || (under !== undefined && chat.has(under))).toBe(true);
          if (chat.has(id) || under === undefined) continue;
          const naming = stage.sent.filter(
            ({ channel, page }) => channel === 'chat' && page.together?.some(({ incidentId }) => incidentId === id),
          );
          expect(naming.length).toBeGreaterThan(0);
        }
        // Once all of them are back, so is everybody's picture.
        for (const id of open) await stage.turn(Number(id.slice(4)));
        await stage.wait(1_600);
        for (const channel of channels) expect([...believes(stage.sent, channel)]).toEqual([]);
        const ids = stage.sent.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        // The log alone says the same.
        stage.restart();
        await stage.wait(60);
        expect(stage.sent).toHaveLength(ids.length);
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});
