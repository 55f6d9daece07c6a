import {
  createHttpServer,
  type Address,
  type HttpOptions,
  type HttpServer,
} from '../../../src/adapters/http/http-server.ts';
import { DeliveryBook } from '../../../src/app/changes/delivery-book.ts';
import type { Inbound } from '../../../src/adapters/http/hooks/inbound.ts';
import type { IncidentInbound } from '../../../src/adapters/http/inbound/incident-inbound.ts';
import type { HttpParts } from '../../../src/adapters/http/http-parts.ts';
import { SilenceBook } from '../../../src/app/silence/silence-book.ts';
import { Telling } from '../../../src/app/silence/telling.ts';
import { ShadowBook } from '../../../src/app/shadow/shadow-book.ts';
import { createChangeDesk } from '../../../src/app/changes/change-desk.ts';
import { ClaimBook } from '../../../src/app/changes/claim-book.ts';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import type { Commit } from '../../../src/app/ports/store.ts';
import { silentTelemetry, type AnsweredRequest } from '../../../src/app/ports/telemetry.ts';
import { createResponder } from '../../../src/app/respond.ts';
import type { Readiness, ReloadResult } from '../../../src/app/views/status-view.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { storyStart } from '../../support/incident-story.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { aGateBench, type GateBench } from '../../support/gate-bench.ts';
import { aService } from '../../support/simulation.ts';
import { anInboundBench, type InboundBench } from '../../support/inbound-bench.ts';
import { closingParts } from '../../support/closing-parts.ts';
import { aStatus, checkoutView, searchView } from '../../support/service-views.ts';

export interface World extends AsyncDisposable {
  readonly server: HttpServer;
  readonly address: Address;
  readonly book: IncidentBook;
  readonly log: ReturnType<typeof memoryLog>;
  readonly requests: AnsweredRequest[];
  /** Gates over a service `checkout` that was just polled. */
  readonly gates: GateBench;
  /** What takes in messages about incidents. */
  readonly outside: InboundBench;
  /** What rules that only record would have stopped; nothing at first. */
  readonly shadows: ShadowBook;
  /** What was told of reports of changes: where they came from and what became of them. */
  readonly reports: string[];
  /** What the daemon would say; a test may change it. */
  readonly answers: { readiness: Readiness; reload: ReloadResult; scrape: () => Promise<string> };
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

export interface WorldOptions extends Partial<HttpOptions> {
  readonly events?: readonly StoredEvent[];
  readonly parts?: Partial<HttpParts>;
  /** Which tools may tell of changes. */
  readonly inbound?: Inbound & IncidentInbound;
}

/** A running server over real use cases and a log of events in memory. */
export async function aWorld({ events = [], parts = {}, inbound = {}, ...options }: WorldOptions = {}): Promise<World> {
  const book = new IncidentBook();
  book.apply(events);
  const log = memoryLog();
  const requests: AnsweredRequest[] = [];
  let seq = events.length;
  const commit = async ({ events: added = [], recordedAt }: Commit): Promise<readonly StoredEvent[]> =>
    await Promise.resolve(added.map((event) => ({ ...event, seq: (seq += 1), recordedAt }) as StoredEvent));
  const responder = createResponder({
    store: { commit },
    closing: closingParts(book, () => storyStart + 600_000, commit),
    book,
    clock: { now: () => storyStart + 600_000 },
    log,
    telemetry: silentTelemetry,
  });
  const outside = anInboundBench([], book);
  const gates = aGateBench();
  gates.poll('checkout', 1);
  const silences = new Telling({
    store: gates.store,
    clock: gates.clock,
    log,
    book: new SilenceBook(),
    incidents: book,
  });
  silences.use({ services: [aService(), aService({ name: 'search' })], channels: [] });
  const reports: string[] = [];
  const shadows = new ShadowBook();
  const answers: World['answers'] = {
    readiness: { ready: true, reasons: [] },
    reload: { ok: true, atNextStart: [] },
    scrape: async () => await Promise.resolve('andon_up 1\n'),
  };
  const server = createHttpServer(
    { listen: { host: '127.0.0.1', port: 0 }, version: '0.1.0', changesPerMinute: 1000, ...options },
    {
      services: () => [checkoutView, searchView],
      incidents: book,
      responder,
      gates: gates.desk,
      protections: gates.protections,
      silences: silences.desk,
      changes: createChangeDesk({
        claims: new ClaimBook(),
        store: gates.store,
        book: gates.changes,
        incidents: book,
        clock: gates.clock,
        log,
        telemetry: { changeReported: (origin, result) => reports.push(`${origin} ${result}`) },
        fleet: { names: () => [...gates.looks.keys()].sort(), look: (service) => gates.look(service) },
      }),
      inbound: () => inbound,
      alerts: outside.alerts,
      remoteActs: outside.remoteActs,
      testChannel: async ({ channel }) => await Promise.resolve({ kind: 'unknown-channel', channel }),
      delivery: new DeliveryBook(() => undefined),
      shadows,
      status: () => aStatus,
      readiness: () => answers.readiness,
      reload: async () => await Promise.resolve(answers.reload),
      scrape: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: await answers.scrape() }),
      telemetry: { requestAnswered: (request) => requests.push(request) },
      log,
      now: () => storyStart + 600_000,
      ...parts,
    },
  );
  const address = await server.start();
  const base = `http://127.0.0.1:${address.port}`;
  return {
    server,
    address,
    book,
    log,
    requests,
    outside,
    gates,
    reports,
    shadows,
    answers,
    get: async (path, headers = {}) => await fetch(base + path, { headers }),
    post: async (path, body, headers = {}) =>
      await fetch(base + path, {
        method: 'POST',
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
    },
  };
}
