import { describe, expect, test } from '@jest/globals';
import type { Dashboard, GridPos, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { annotationsOf, isRow, panelsOf, shipped, shippedText, targetsOf } from './shipped.ts';

/** Panels that every Grafana from 10 to 12 brings along. */
const corePanels = ['bargauge', 'row', 'stat', 'state-timeline', 'table', 'timeseries'];
const coreTransformations = ['merge', 'organize'];
/** Units that Grafana 10 knows already. */
const units = ['bytes', 'ops', 'percentunit', 's', 'short', 'string'];
const cellUnits = [...units, 'dateTimeAsIso', 'dateTimeFromNow'];
/** What Grafana fills in by itself, in links of cells and lines. */
const builtIn = /^(?:__url_time_range|__value\.raw:raw|__field\.labels\.\w+|__data\.fields\.\w+)$/;

const all = shipped();

test('the dashboards have names and ids of their own', () => {
  expect(all.map(({ dashboard }) => dashboard.uid ?? '').toSorted()).toEqual([
    'andon-fleet',
    'andon-incident-metrics',
    'andon-itself',
    'andon-service',
  ]);
  expect(new Set(all.map(({ dashboard }) => dashboard.title)).size).toBe(all.length);
});

describe.each(all.map(({ file, dashboard }): [string, Dashboard] => [file, dashboard]))('%s', (file, dashboard) => {
  const panels = panelsOf(dashboard);
  const variables = (dashboard.templating.list ?? []).map(({ name }) => name);
  const each = panels.map((panel): [string, Panel] => [panel.title ?? '', panel]);

  test('is one that Grafana 10.0 reads and that asks for nothing when it is imported', () => {
    expect(dashboard.schemaVersion).toBe(38);
    expect(dashboard).not.toHaveProperty('__inputs');
    expect(dashboard).not.toHaveProperty('__requires');
    expect(dashboard.id ?? null).toBeNull();
    // Of Grafana 12.3 and later: it would hide links and marks in a menu.
    expect(shippedText(file)).not.toContain('"placement": "inControlsMenu"');
    expect(shippedText(file)).not.toContain('${DS_');
    expect((dashboard.panels ?? []).map(({ type }) => type).filter((type) => !corePanels.includes(type))).toEqual([]);
  });

  test('numbers its panels and lays them out beside each other, within 24 columns', () => {
    const placed = dashboard.panels ?? [];
    const ids = placed.map(({ id }) => id);
    expect(ids.every((id) => typeof id === 'number' && id > 0)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    const places = placed.map(({ gridPos }) => gridPos as GridPos);
    expect(places.filter(({ x, w, h }) => x < 0 || w < 1 || h < 1 || x + w > 24)).toEqual([]);
    const overlaps = places.flatMap((a, index) => places.slice(index + 1).filter((b) => overlap(a, b)));
    expect(overlaps).toEqual([]);
  });

  test('has panels with titles of their own', () => {
    const titles = panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect((dashboard.panels ?? []).filter(isRow).every(({ title = '' }) => title !== '')).toBe(true);
  });

  test.each(each)('%s says what it shows, in which unit, and what it means when it is empty', (_, panel) => {
    const { unit, noValue, thresholds } = panel.fieldConfig?.defaults ?? {};
    expect(panel.description?.length).toBeGreaterThan(30);
    expect(panel.description).toMatch(/[.!]$/);
    expect(units).toContain(unit);
    expect(noValue).toMatch(/\S/);
    expect(thresholds?.steps[0]).toMatchObject({ value: null });
  });

  test.each(each)('%s asks the data source that was picked', (_, panel) => {
    const picked = { type: 'prometheus', uid: '${datasource}' };
    expect(panel.datasource).toEqual(picked);
    const targets = targetsOf(panel);
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) expect(target.datasource).toEqual(picked);
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  });

  test.each(each)('%s asks for a stretch where it draws one, and else for what stands at its end', (_, panel) => {
    const isDrawnOverTime = ['timeseries', 'state-timeline'].includes(panel.type);
    for (const { instant = false, range = false } of targetsOf(panel))
      expect({ instant, range }).toEqual({ instant: !isDrawnOverTime, range: isDrawnOverTime });
    if (['stat', 'bargauge'].includes(panel.type))
      expect(panel.options).toMatchObject({ reduceOptions: { calcs: ['lastNotNull'], values: false } });
  });

  test.each(each)('%s names columns that it has, and transforms with what Grafana brings along', (_, panel) => {
    const transformations = panel.transformations ?? [];
    expect(transformations.map(({ id }) => id).filter((id) => !coreTransformations.includes(id))).toEqual([]);
    for (const { matcher, properties } of panel.fieldConfig?.overrides ?? []) {
      if (matcher.id === 'byName') expect(columnsOf(panel)).toContain(matcher.options);
      for (const { id, value } of properties) if (id === 'unit') expect(cellUnits).toContain(value);
    }
  });

  test('shows everything at first, where several values can be picked', () => {
    for (const { multi, includeAll, current } of dashboard.templating.list ?? [])
      if (multi === true)
        expect({ includeAll, current }).toMatchObject({ includeAll: true, current: { value: ['$__all'] } });
  });

  test('repeats what is of one signal for each of them', () => {
    for (const { title = '', repeat } of panels) expect(repeat).toBe(/\$(\w+)/.exec(title)?.[1]);
  });

  test('colours states by their words, since Grafana would put thresholds in their place', () => {
    for (const { type, fieldConfig } of panels) {
      if (type !== 'state-timeline') continue;
      expect(fieldConfig?.defaults.color?.mode).toBe('fixed');
      expect(fieldConfig?.defaults.mappings?.length).toBe(1);
    }
  });

  test('names the buckets of a histogram by their bounds alone, since Grafana sorts them as numbers', () => {
    const heatmaps = panels.flatMap(targetsOf).filter(({ format }) => format === 'heatmap');
    expect(heatmaps.filter(({ legendFormat }) => legendFormat !== '{{le}}')).toEqual([]);
  });

  test('uses variables that it has, and has none that nothing uses', () => {
    const { links: _, ...rest } = dashboard;
    const used = [...JSON.stringify(rest).matchAll(/\$(?:\{(\w+)\}|(\w+))/g)].map(
      ([, braced, bare = '']) => braced ?? bare,
    );
    const own = ['__all', '__range', '__range_s', '__rate_interval', '__url_time_range'];
    expect([...new Set(used)].filter((name) => ![...variables, ...own].includes(name))).toEqual([]);
    expect(variables.filter((name) => !used.includes(name))).toEqual([]);
  });

  test('links with variables that stand for something, to dashboards and their variables', () => {
    const links = panels.flatMap((panel) => linksOf(panel).map((url) => ({ url, panel })));
    for (const { url, panel } of links) {
      const names = [...url.matchAll(/\$\{([^}]+)\}/g)].map(([, name = '']) => name);
      const known = variables.map((name) => `${name}:queryparam`);
      expect(names.filter((name) => !known.includes(name) && !builtIn.test(name))).toEqual([]);
      for (const name of names)
        if (name.startsWith('__data.fields.')) expect(columnsOf(panel)).toContain(name.slice('__data.fields.'.length));
      if (!url.startsWith('/d/')) continue;
      const target = all.find((other) => url.startsWith(`/d/${other.dashboard.uid}?`))?.dashboard;
      const theirs = (target?.templating.list ?? []).map(({ name }) => name);
      const given = [...url.matchAll(/var-(\w+)=|\{(\w+):queryparam\}/g)].map(
        ([, name, handed = '']) => name ?? handed,
      );
      expect(given.length).toBeGreaterThan(0);
      expect(given.filter((name) => !theirs.includes(name))).toEqual([]);
    }
  });

  test('leads to each of the others, with the time and the data source that were picked', () => {
    expect(dashboard.tags).toEqual(['andon']);
    const links = dashboard.links ?? [];
    expect(links.map(({ url = '' }) => url.replace(/\?.*/, '')).toSorted()).toEqual(
      all.flatMap((other) => (other.file === file ? [] : [`/d/${other.dashboard.uid}`])).toSorted(),
    );
    for (const link of links) {
      // With all variables a dashboard gets values that it does not offer, such as `All` where one is to be picked.
      expect(link).toMatchObject({ type: 'link', includeVars: false, keepTime: true, targetBlank: false });
      expect(link.url).toMatch(/\?\$\{datasource:queryparam\}(?:&|$)/);
    }
  });

  test('hands on variables that the other has too, and several values only where several may be picked', () => {
    const offered = (of: Dashboard | undefined, name: string) =>
      (of?.templating.list ?? []).find((variable) => variable.name === name);
    for (const { url = '' } of dashboard.links ?? []) {
      const target = all.find((other) => url.startsWith(`/d/${other.dashboard.uid}?`))?.dashboard;
      const handed = [...url.matchAll(/\$\{(\w+):queryparam\}/g)].map(([, name = '']) => name);
      expect(url).toBe(`/d/${target?.uid}?${handed.map((name) => `\${${name}:queryparam}`).join('&')}`);
      for (const name of handed) {
        const [here, there] = [offered(dashboard, name), offered(target, name)];
        expect([name, here?.type, there?.type]).toEqual([name, there?.type, here?.type]);
        expect(here).toBeDefined();
        if (here?.multi === true) expect(there).toMatchObject({ name, multi: true, includeAll: true });
      }
    }
  });

  test('marks instants with what both old and new Grafanas read', () => {
    for (const { expr, target, datasource, useValueForTime } of annotationsOf(dashboard)) {
      expect(target).toMatchObject({ expr });
      expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
      expect(useValueForTime).toBe(true);
    }
  });
});

test('the service dashboard marks incidents and changes', () => {
  const service = all.find(({ file }) => file === 'service.json')?.dashboard;
  expect(service && annotationsOf(service).map(({ name }) => name)).toEqual([
    'Onset',
    'Detected',
    'Recovered',
    'Change',
    'Change ended',
  ]);
});

function overlap(a: GridPos, b: GridPos): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** The headings of a table. */
function columnsOf({ transformations = [] }: Panel): readonly string[] {
  return transformations
    .filter(({ id }) => id === 'organize')
    .flatMap(({ options }) =>
      Object.values((options as { readonly renameByName: Readonly<Record<string, string>> }).renameByName),
    );
}

function linksOf({ fieldConfig }: Panel): readonly string[] {
  return (fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
    properties
      .filter(({ id }) => id === 'links')
      .flatMap(({ value }) => (value as readonly { readonly url: string }[]).map(({ url }) => url)),
  );
}
