import { describe, expect, test } from '@jest/globals';
import { incidentDashboardLink, serviceDashboardLink } from '../../../src/adapters/http/dashboard-link.ts';
import { incidentPage } from '../../../src/adapters/http/incident-page.ts';
import { statusPage } from '../../../src/adapters/http/status-page.ts';
import { IncidentBook, type IncidentRecord } from '../../../src/app/recording/incident-book.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { anEvent, storyStart } from '../../support/incident-story.ts';
import { aStatus, checkoutView } from '../../support/service-views.ts';

const grafana = { url: 'https://grafana.example.com' };
const halfHour = 1_800_000;

function recordOf(...events: readonly StoredEvent[]): IncidentRecord {
  const book = new IncidentBook();
  book.apply(events);
  return book.get('inc-1') as IncidentRecord;
}

describe('the link to the dashboard of a service', () => {
  test.each([
    ['as it stands', grafana, 'https://grafana.example.com/d/andon-service?var-service=checkout'],
    [
      'below a path, with a slash too many',
      { url: 'https://ops.example.com/grafana/' },
      'https://ops.example.com/grafana/d/andon-service?var-service=checkout',
    ],
    [
      'with the data source that has the metrics',
      { ...grafana, datasource: 'Prometheus & co' },
      'https://grafana.example.com/d/andon-service?var-datasource=Prometheus+%26+co&var-service=checkout',
    ],
    ['that would run a script', { url: 'javascript:alert(1)//' }, undefined],
    ['where there is no Grafana', undefined, undefined],
  ])('%s', (_, given, expected) => {
    expect(serviceDashboardLink(given, 'checkout')).toBe(expected);
  });

  test('around an incident goes from half an hour before its onset until now', () => {
    const { incident } = recordOf(anEvent('opened', 1, 100));
    expect(incidentDashboardLink(grafana, incident)).toBe(
      `https://grafana.example.com/d/andon-service?var-service=checkout&from=${incident.onset.at - halfHour}&to=now`,
    );
  });

  test('and ends half an hour after an incident that is closed', () => {
    const { incident } = recordOf(anEvent('opened', 1, 100), anEvent('resolved', 2, 900), anEvent('closed', 3, 4500));
    expect(incidentDashboardLink(grafana, incident)).toContain(`&to=${storyStart + 4_500_000 + halfHour}`);
  });
});

describe('the pages', () => {
  const status = (given: typeof grafana | undefined): string =>
    statusPage({
      services: [checkoutView],
      incidents: [],
      status: aStatus,
      readiness: { ready: true, reasons: [] },
      ...(given === undefined ? {} : { grafana: given }),
      now: storyStart,
    });
  const ofIncident = (given: typeof grafana | undefined): string =>
    incidentPage(recordOf(anEvent('opened', 1, 100)), storyStart, { grafana: given });

  test.each([
    ['all services', status],
    ['an incident', ofIncident],
  ])('of %s links to the dashboard where Grafana is configured, and nowhere else', (_, page) => {
    expect(page(grafana)).toMatch(/href="https:\/\/grafana\.example\.com\/d\/andon-service\?[^"]*"[^>]*>dashboard</);
    expect(page(undefined)).not.toContain('dashboard</a>');
  });

  test('let a dashboard link to one service', () => {
    expect(status(undefined)).toContain('<section class="card" id="checkout">');
  });
});
