import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { dashboards, dashboardText } from '../../../tools/dashboards.ts';
import { shippedText } from './shipped.ts';

test.each(Object.entries(dashboards))(
  'dashboards/%s is what the code makes (run `npm run dashboards` after a change)',
  (file, make) => {
    expect(shippedText(file)).toBe(dashboardText(make()));
  },
);

test('nothing else lies in dashboards/', () => {
  const folder = new URL('../../../dashboards/', import.meta.url);
  expect(readdirSync(folder).sort()).toEqual(Object.keys(dashboards).sort());
});
