import { ChangeBook } from '../../src/app/changes/change-book.ts';
import { createGateActs, type GateActs } from '../../src/app/gate/gate-acts.ts';
import { GateBook } from '../../src/app/gate/gate-book.ts';
import { createGateDesk, type GateDesk } from '../../src/app/gate/gate-desk.ts';
import type { ServiceLook } from '../../src/app/gate/gate-look.ts';
import { Gatekeeper } from '../../src/app/gate/gatekeeper.ts';
import { IncidentBook } from '../../src/app/recording/incident-book.ts';
import { ProtectionBook } from '../../src/app/gate/protection-book.ts';
import { ProtectionDesk } from '../../src/app/gate/protection-desk.ts';
import type { ProtectionAnswerer } from '../../src/app/ports/protection-answerer.ts';
import { StoreError, type Commit } from '../../src/app/ports/store.ts';
import { silentTelemetry, type Telemetry } from '../../src/app/ports/telemetry.ts';
import type { ChangeReport } from '../../src/domain/change/change-event.ts';
import type { OpenIncident } from '../../src/domain/incident/service-state.ts';
import type { StoredLogEvent } from '../../src/domain/log/log-event.ts';
import { judge, type TargetVerdict } from '../../src/domain/reading/verdict.ts';
import type { Service } from '../../src/domain/service/service.ts';
import { ManualClock } from './manual-clock.ts';
import { memoryLog } from './memory-log.ts';
import { aService } from './simulation.ts';

const target = { signal: 'success_rate', bound: 'atLeast', value: 0.999, overMs: 60_000, unit: 'ratio' } as const;

const maxGapMs = 20_000;

/** A target that is held or missed, as read at an instant. */
export function aVerdict(value: number, sampleAt: number): TargetVerdict {
  return judge(target, { kind: 'value', value, sampleAt, good: value * 1000, total: 1000 });
}

export interface GateBench {
  readonly clock: ManualClock;
  readonly log: ReturnType<typeof memoryLog>;
  readonly book: GateBook;
  readonly changes: ChangeBook;
  readonly acts: GateActs;
  readonly desk: GateDesk;
  readonly gatekeeper: Gatekeeper;
  readonly protections: ProtectionDesk;
  /** Tells deployment tools that wait; nobody does unless a test says so. */
  answerer: ProtectionAnswerer | undefined;
  /** A desk over what the log says, as a restart makes one. */
  protectionDesk(): ProtectionDesk;
  readonly store: { commit: (commit: Commit) => Promise<readonly StoredLogEvent[]> };
  /** Events in the log. */
  readonly written: StoredLogEvent[];
  /** What is watched; a test may change it. */
  readonly looks: Map<string, ServiceLook>;
  look(name: string): ServiceLook | undefined;
  /** The store refuses while it is set. */
  refuses: boolean;
  /** A service as it was polled this moment. */
  poll(name: string, value: number, changes?: { incident?: OpenIncident; service?: Partial<Service> }): void;
  report(report: ChangeReport): void;
}

/** Gates over books in memory and services that a test polls by hand. Their source's clock is Andon's. */
export function aGateBench(telemetry: Partial<Telemetry> = {}): GateBench {
  const clock = new ManualClock();
  const log = memoryLog();
  const book = new GateBook((held) => telemetry.changeHeld?.(held));
  const changes = new ChangeBook();
  const written: StoredLogEvent[] = [];
  const looks = new Map<string, ServiceLook>();
  const look = (name: string): ServiceLook | undefined => {
    const seen = looks.get(name);
    return seen && { ...seen, sourceNow: clock.now() };
  };
  const store: GateBench['store'] = {
    commit: async ({ events = [], recordedAt }) => {
      await Promise.resolve();
      if (bench.refuses) throw new StoreError('full', 'the disk is full');
      const stored = events.map((event, index) => ({ ...event, seq: written.length + index + 1, recordedAt }));
      written.push(...stored);
      return stored;
    },
  };
  const fleet = { look, names: () => [...looks.keys()].sort() };
  const acts = createGateActs({ store, book, clock, log, isWatched: (service) => looks.has(service) });
  const gatekeeper = new Gatekeeper({ clock, fleet, gates: book, changes, incidents: new IncidentBook() });
  const desk = createGateDesk({
    gatekeeper,
    acts,
    book,
    store,
    clock,
    log,
    telemetry: { ...silentTelemetry, ...telemetry },
  });
  const protectionDesk = (): ProtectionDesk => {
    const protections = new ProtectionBook();
    protections.apply(written);
    return new ProtectionDesk({
      gates: desk,
      book: protections,
      changes,
      store,
      clock,
      log,
      telemetry: { ...silentTelemetry, ...telemetry },
      random: () => 0.5,
      answerer: () => bench.answerer,
      externalUrl: () => 'https://andon.example.com/',
    });
  };
  const bench: GateBench = {
    protections: protectionDesk(),
    answerer: undefined,
    protectionDesk,
    clock,
    log,
    book,
    changes,
    acts,
    desk,
    gatekeeper,
    store,
    written,
    looks,
    look,
    refuses: false,
    poll(name, value, { incident, service = {} } = {}) {
      const at = clock.now();
      const watched = aService({ name, ...service });
      const before = looks.get(name);
      const isGood = value >= target.value && (incident === undefined || incident.resolvedAt !== undefined);
      const goesOn = before?.view.lastPollAt !== undefined && at - before.view.lastPollAt <= maxGapMs;
      const heldSince = (goesOn ? before.scopes.get('')?.heldSince : undefined) ?? at;
      const scope = {
        group: {},
        rules: [],
        ...(incident === undefined ? {} : { incident }),
        ...(isGood ? { heldSince } : {}),
      };
      looks.set(name, {
        service: watched,
        view: {
          service: name,
          labels: {},
          source: 'default',
          revision: 'r1',
          endState: 'good',
          lastPollAt: at,
          scopes: [{ group: {}, line: 'moving', targets: [aVerdict(value, at)], rules: [] }],
          readings: [],
          budgets: [],
          problems: [],
          droppedGroups: 0,
        },
        scopes: new Map([['', scope]]),
        sourceNow: at,
        maxGapMs,
      });
    },
    report(report) {
      const event = {
        type: 'change-reported',
        service: report.service,
        at: clock.now(),
        origin: 'api',
        report,
      } as const;
      const stored = { ...event, seq: written.length + 1, recordedAt: clock.now() };
      written.push(stored);
      changes.apply([stored]);
    },
  };
  return bench;
}

/** An open incident of `checkout`. */
export function anOpenIncident(onsetAt: number): OpenIncident {
  return {
    id: 'checkout-20260822T020711Z',
    detectedAt: onsetAt + 5_000,
    severity: 'page',
    rules: ['payments-failing'],
    onset: { at: onsetAt, earliest: onsetAt, latest: onsetAt, method: 'change-point' },
    onsetSettled: false,
    revision: 'r1',
    endState: 'good',
    relapses: 0,
    undecidedMs: 0,
    blinded: false,
  };
}
