import type { Shown, Values } from './ask.ts';
import { to } from './hour.ts';

/** The sampled hour, scraped once a minute. */
export const theHour: Shown = { from: to - 3_600_000, to, rateInterval: '4m' };

/** What is picked on each dashboard: all services and Andons that are in trouble, or one of them; incidents that paged. */
export const picked: Readonly<Record<string, Values>> = {
  'fleet.json': { service: '(shop|kiosk|lost)' },
  'service.json': { service: 'shop', share: 'latency', gauge: 'queue' },
  'incident-metrics.json': { service: '(shop|kiosk|lost)', severity: 'page' },
  'andon.json': { instance: '(a|b)', job: 'andon' },
};
