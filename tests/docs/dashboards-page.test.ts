import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { shipped } from '../tools/dashboards/shipped.ts';
import { readPage } from './pages.ts';

const page = readPage('docs/dashboards.md');

describe('docs/dashboards.md', () => {
  test('lists each dashboard with its uid', () => {
    const rows = [...page.prose.matchAll(/^\| `dashboards\/([\w-]+\.json)` \| `([\w-]+)` \|/gm)];
    const listed = rows.map(([, file = '', uid = '']) => `${file} ${uid}`);
    expect(listed.toSorted()).toEqual(shipped().map(({ file, dashboard }) => `${file} ${dashboard.uid}`));
  });

  test('provisions a folder of files', () => {
    const block = page.blocks.find(({ marker }) => marker === 'provisioning');
    expect(parse(block?.text ?? '')).toEqual({
      apiVersion: 1,
      providers: [
        { name: 'andon', folder: 'Andon', type: 'file', options: { path: '/var/lib/grafana/dashboards/andon' } },
      ],
    });
  });

  test('names every variable that a reader sees, and panels that there are', () => {
    const labels = shipped().flatMap(({ dashboard }) =>
      (dashboard.templating.list ?? []).flatMap(({ label }) => label ?? []),
    );
    for (const label of new Set(labels)) expect(page.prose).toContain(label);
    const titles = shipped().flatMap(({ dashboard }) => (dashboard.panels ?? []).map(({ title }) => title));
    for (const title of ['Lines stopped', 'Incidents: onset, detection, recovery']) {
      expect(page.prose).toContain(`*${title}*`);
      expect(titles).toContain(title);
    }
  });
});
