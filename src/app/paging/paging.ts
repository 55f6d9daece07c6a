import type { Incident } from '../../domain/incident/incident.ts';
import { isComingBack } from '../../domain/incident/standing.ts';
import { isSpokenFor, membersOf } from '../../domain/notification/grouping.ts';
import type { Deliverer } from '../delivery/deliver.ts';
import type { Fleet } from '../fleet.ts';
import { Heart } from '../heartbeat/heart.ts';
import type { Pulse } from '../heartbeat/pulse.ts';
import type { Clock } from '../ports/clock.ts';
import type { Heartbeat } from '../ports/configuration.ts';
import type { Log } from '../ports/log.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { IncidentBook } from '../recording/incident-book.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { SilenceDesk } from '../silence/silence-desk.ts';
import { standingNow } from '../views/incident-now.ts';
import { testChannel, type ChannelTest, type ChannelTestResult } from './channel-test.ts';
import { Reminders } from './reminders.ts';

export interface PagingParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, 'heartbeat' | 'heartbeatFailed'>;
  readonly book: IncidentBook;
  readonly recorder: Recorder;
  readonly fleet: Pick<Fleet, 'watches' | 'look' | 'routed'>;
  /** Where people keep pages back. */
  readonly silences: Pick<SilenceDesk, 'of'>;
  readonly deliverer: Pick<Deliverer, 'reachable' | 'status' | 'sendTest'>;
  readonly pulse: Pulse;
  readonly externalUrl: () => string | undefined;
  /** Whether there is something to watch that is not watched, since its rules have problems. */
  readonly leavesOut: () => boolean;
  /** Ends tests that are under way. */
  readonly stop: AbortSignal;
}

/** Sees to it that somebody hears: reminds of what nobody acknowledges, lets a watcher know that Andon works, tries channels. */
export class Paging {
  readonly #parts: PagingParts;
  readonly #reminders: Reminders;
  readonly #heart: Heart;

  constructor(parts: PagingParts) {
    this.#parts = parts;
    this.#reminders = createReminders(parts);
    this.#heart = createHeart(parts);
  }

  /** Takes over what is configured now. */
  use(heartbeat: Heartbeat | undefined): void {
    this.#heart.use(heartbeat);
  }

  /** Runs until the signal aborts. Does not reject. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#reminders.run(signal), this.#heart.run(signal)]);
  }

  /** Sends a page that says that it is a test. Does not reject. */
  async test(test: ChannelTest): Promise<ChannelTestResult> {
    const { deliverer, pulse, externalUrl } = this.#parts;
    const result = await testChannel(test, {
      ...this.#parts,
      externalUrl: externalUrl(),
      send: async (notification, signal) => await deliverer.sendTest(notification, signal),
    });
    if (result.kind === 'sent' && result.result.kind === 'accepted') pulse.arrived(test.channel);
    return result;
  }
}

function createReminders({ clock, log, book, recorder, fleet, deliverer, silences }: PagingParts): Reminders {
  const standingOf = (incident: Incident) => standingNow(fleet.look(incident.service)?.view, incident);
  return new Reminders({
    clock,
    log,
    book,
    recorder,
    routed: (incident) => fleet.routed(incident),
    standingOf,
    isComingBack: (incident) =>
      [incident, ...membersOf(incident, book.all())].every(
        (each) => each.phase !== 'open' || isComingBack(standingOf(each)),
      ),
    reachable: (incidentId) => deliverer.reachable(incidentId),
    isQuiet: (incident) => {
      const { telling } = incident;
      if (telling.owed !== undefined || telling.flapping !== undefined) return true;
      const lead = telling.under && book.all().get(telling.under.incidentId);
      if (isSpokenFor(incident, lead, standingOf(incident))) return true;
      // A silence would keep it back all the same, and it would be due again at the next look.
      return silences.of(incident) !== undefined;
    },
  });
}

function createHeart({ clock, log, telemetry, fleet, deliverer, pulse, leavesOut }: PagingParts): Heart {
  return new Heart({
    clock,
    log,
    telemetry,
    trouble: (patienceMs) => {
      const intervals = fleet.watches().map(({ timing }) => timing.intervalMs);
      const pollEveryMs = intervals.length === 0 ? 0 : Math.min(...intervals);
      return pulse.trouble(intervals.length > 0 || leavesOut(), deliverer.status(), patienceMs, pollEveryMs);
    },
  });
}
