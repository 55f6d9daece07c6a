import type { IncidentRecord } from '../support/andon-client.ts';
import type { Campaign, Fault } from './kill-campaign.ts';

/** What must hold however often the daemon is killed. */
export const laws = [
  'each process ends by SIGKILL, or on SIGTERM with 0',
  'each fault is one incident',
  'no page is lost',
  'no page arrives under a second id',
  'no page comes after a later one of its incident',
  'nobody is paged about what did not happen',
  'each step of an incident is written down once',
  'a restart changes neither onset nor recovery',
] as const;
export type Law = (typeof laws)[number];

export interface Breach {
  readonly law: Law;
  readonly detail: string;
}

/** One entry for each time a law was broken. */
export function breachesOf(campaign: Campaign): readonly Breach[] {
  const breaches: Breach[] = campaign.strangeEndings.map((detail) => ({
    law: 'each process ends by SIGKILL, or on SIGTERM with 0',
    detail,
  }));
  for (const [service, faults] of Map.groupBy(campaign.faults, (fault) => fault.service)) {
    const records = campaign.records
      .filter(({ incident }) => incident.service === service)
      .sort((a, b) => Date.parse(a.incident.detectedAt) - Date.parse(b.incident.detectedAt));
    if (records.length !== faults.length) {
      const detail = `${service}: ${faults.length} faults and ${records.length} incidents`;
      breaches.push({ law: 'each fault is one incident', detail });
    }
    for (const [index, record] of records.entries()) breaches.push(...wrongTimes(record, faults[index]));
  }
  for (const record of campaign.records) breaches.push(...pageBreaches(campaign, record), ...timelineBreaches(record));
  const known = new Set(campaign.records.map(({ incident }) => incident.id));
  for (const { incident, type } of campaign.arrivals) {
    if (known.has(incident) && (type === 'incident.firing' || type === 'incident.resolved')) continue;
    breaches.push({ law: 'nobody is paged about what did not happen', detail: `${incident}: ${type}` });
  }
  return breaches;
}

function pageBreaches({ arrivals }: Campaign, { incident }: IncidentRecord): readonly Breach[] {
  const breaches: Breach[] = [];
  const pages = arrivals.filter((arrival) => arrival.incident === incident.id);
  for (const type of ['incident.firing', 'incident.resolved']) {
    const arrived = pages.filter((page) => page.type === type);
    const detail = `${incident.id}: ${type}`;
    if (!arrived.some(({ answered }) => answered)) breaches.push({ law: 'no page is lost', detail });
    if (new Set(arrived.map(({ id }) => id)).size > 1)
      breaches.push({ law: 'no page arrives under a second id', detail });
  }
  const lastFiring = pages.findLastIndex(({ type }) => type === 'incident.firing');
  const firstResolved = pages.findIndex(({ type }) => type === 'incident.resolved');
  if (firstResolved >= 0 && lastFiring > firstResolved)
    breaches.push({ law: 'no page comes after a later one of its incident', detail: incident.id });
  return breaches;
}

function timelineBreaches({ incident, timeline }: IncidentRecord): readonly Breach[] {
  return ['opened', 'onset-settled', 'notified', 'resolved', 'closed'].flatMap((type): readonly Breach[] => {
    const count = timeline.filter((event) => event.type === type).length;
    if (count === 1) return [];
    return [{ law: 'each step of an incident is written down once', detail: `${incident.id}: ${count} times ${type}` }];
  });
}

/** Scrapes are a second apart, and an estimate may be off by two of them and a bit. */
const usualToleranceMs = 2_500;

function wrongTimes(record: IncidentRecord, fault: Fault | undefined): readonly Breach[] {
  if (fault === undefined) return [];
  return offTheTruth(record, fault).map((detail) => ({ law: 'a restart changes neither onset nor recovery', detail }));
}

/** What an incident tells of its fault and is not so by more than a tolerance, ms. */
export function offTheTruth(
  { incident, timeline }: IncidentRecord,
  fault: Omit<Fault, 'service'>,
  toleranceMs = usualToleranceMs,
): readonly string[] {
  const resolved = timeline.find((event) => event.type === 'resolved');
  return [
    ...off('onset', incident.onset, fault.failedAt),
    ...off('recovery', resolved?.recovery ?? { at: '' }, fault.healedAt),
  ];

  function off(what: string, estimate: { readonly at: string }, truth: number): readonly string[] {
    if (Math.abs(Date.parse(estimate.at) - truth) <= toleranceMs) return [];
    const steps = timeline.map((event) => `${event.type} ${event.at}`).join(', ');
    const was = new Date(truth).toISOString();
    return [`${incident.id}: its ${what} was ${was}, and is told as ${JSON.stringify(estimate)} (${steps})`];
  }
}
