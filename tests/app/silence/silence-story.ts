import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { DaemonHarness, type HarnessOptions } from '../../support/daemon-harness.ts';
import { aService } from '../../support/simulation.ts';

export const minute = 60_000;

/** Bad during the named stretches, ms after the traffic began. */
export function badDuring(...stretches: readonly (readonly [number, number])[]): HarnessOptions['traffic'] {
  return {
    perSecond: () => 100,
    badShare: (t) => (stretches.some(([from, to]) => t >= from && t < to) ? 0.5 : 0),
  };
}

/** A daemon from minute 30 on, whose services see the same traffic. */
export async function aDaemon(
  traffic: HarnessOptions['traffic'],
  services: readonly Service[] = [aService()],
  configured: Partial<DaemonHarness['configured']> = {},
  store = new MemoryStore(),
): Promise<DaemonHarness> {
  const harness = new DaemonHarness({ traffic, services, store });
  harness.configured = { ...harness.configured, ...configured };
  return await harness.start();
}

/** Another daemon on the same store, at the same time. */
export async function restarted(
  harness: DaemonHarness,
  services: readonly Service[],
  traffic: HarnessOptions['traffic'],
  { isDown = false } = {},
): Promise<DaemonHarness> {
  await harness.stop();
  const startsAt = harness.clock.now() - Date.UTC(2026, 7, 22, 2, 0, 0);
  const next = new DaemonHarness({ traffic, services, store: harness.store, startsAt });
  next.configured = { ...harness.configured, sources: next.configured.sources, channels: [next.channel] };
  if (isDown) next.source.failure = { reason: 'unavailable', detail: 'connection refused' };
  return await next.start();
}

export function onlyIncident(harness: DaemonHarness): Incident {
  const [incident, ...others] = harness.incidents();
  if (incident === undefined || others.length > 0) throw new Error(`there are ${others.length + 1} incidents`);
  return incident;
}

/** What was sent, as kinds and the incidents' services. */
export function told({ channel }: DaemonHarness): readonly string[] {
  return channel.sent.map(({ kind, page }) => `${kind} ${page.service}`);
}

export async function silence(
  harness: DaemonHarness,
  forMs: number,
  matcher: Parameters<DaemonHarness['daemon']['silences']['acts']['create']>[0]['matcher'] = { service: 'checkout' },
): Promise<string> {
  const { acts } = harness.daemon.silences;
  const result = await acts.create({ matcher, by: 'ada', reason: 'new disks', until: { forMs } });
  if (result.kind !== 'recorded') throw new Error(JSON.stringify(result));
  return result.silence.id;
}
