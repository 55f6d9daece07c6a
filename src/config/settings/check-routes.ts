import type { Route } from '../../domain/notification/route.ts';
import { routeFactsOf, routeIncident, shadowedBy } from '../../domain/notification/route.ts';
import type { Service } from '../../domain/service/service.ts';
import { suggest } from '../did-you-mean.ts';
import { show } from '../fields.ts';
import type { Problem } from '../problem.ts';
import { routesOf } from './build-routes.ts';
import type { Settings } from './settings-file.ts';

/** What is wrong with routes whatever the rule files say: channels that there are not, and routes that nothing reaches. */
export function routeProblems(settings: Settings): readonly Problem[] {
  const known = settings.channels.map(({ name }) => name);
  const routes = routesOf(settings);
  return routes.flatMap((route, index) => [
    ...unknownChannels(route.channels, known, ['routes', index, 'channels']),
    ...route.escalate.flatMap((step, at) =>
      unknownChannels(step.channels, known, ['routes', index, 'escalate', at, 'channels']),
    ),
    ...stepProblems(route, index),
    ...unreachable(routes, index),
  ]);
}

/** What is odd about routes in view of the services that there are. */
export function routeGaps(settings: Settings, services: readonly Service[]): readonly Problem[] {
  if (settings.routes.length === 0) return [];
  return [...unreachedChannels(settings, services), ...uncaughtServices(settings, services)];
}

function unknownChannels(
  names: readonly string[],
  known: readonly string[],
  path: readonly (string | number)[],
): readonly Problem[] {
  return names.flatMap((name, index): Problem[] => {
    if (known.includes(name)) {
      if (names.indexOf(name) === index) return [];
      const message = `${show(name)} is named twice here`;
      return [{ path: [...path, index], severity: 'warning', code: 'repeated-channel', message, hint: 'name it once' }];
    }
    const hint = suggest(name, known) ?? 'declare it under `channels`';
    return [{ path: [...path, index], code: 'unknown-channel', message: `no channel is named ${show(name)}`, hint }];
  });
}

function stepProblems({ escalate }: Route, index: number): readonly Problem[] {
  return escalate.flatMap((step, at): Problem[] => {
    const before = escalate[at - 1];
    if (before === undefined || step.afterMs > before.afterMs) return [];
    return [
      {
        path: ['routes', index, 'escalate', at, 'after'],
        code: 'step-order',
        message: 'this step does not come after the one before it',
        hint: '`after` counts from the first page, not from the step before: write the steps by rising times',
      },
    ];
  });
}

function unreachable(routes: readonly Route[], index: number): readonly Problem[] {
  const shadows = shadowedBy(routes, index);
  if (shadows === undefined) return [];
  const which = shadows.map((each) => each + 1).join(' and ');
  return [
    {
      path: ['routes', index],
      severity: 'warning',
      code: 'unreachable-route',
      message: `nothing reaches this route: ${shadows.length === 1 ? 'route' : 'routes'} ${which} of the list ${shadows.length === 1 ? 'catches' : 'catch'} all of it before`,
      hint: `move it before, or give ${shadows.length === 1 ? 'that one' : 'those'} \`continue: true\``,
    },
  ];
}

function unreachedChannels(settings: Settings, services: readonly Service[]): readonly Problem[] {
  const reached = new Set([
    ...settings.routes.flatMap(({ channels, escalate }) => [...channels, ...escalate.flatMap((step) => step.channels)]),
    ...services.flatMap(({ notify }) => notify),
  ]);
  return settings.channels.flatMap(({ name }, index): Problem[] => {
    if (reached.has(name)) return [];
    return [
      {
        path: ['channels', index, 'name'],
        severity: 'warning',
        code: 'unreached-channel',
        message: `nothing is ever sent to ${show(name)}: no route names it, and no service`,
        hint: 'name it in a route, or take it out',
      },
    ];
  });
}

/** How many services one warning names. */
const mostNamed = 5;

function uncaughtServices(settings: Settings, services: readonly Service[]): readonly Problem[] {
  const routes = routesOf(settings);
  const uncaught = services.filter(
    (service) =>
      service.notify.length === 0 &&
      service.rules.some(
        (rule) =>
          rule.shadow !== true &&
          routeIncident(routes, routeFactsOf(service, rule), { notify: [], all: [] }).routes.length === 0,
      ),
  );
  if (uncaught.length === 0) return [];
  const names = uncaught.slice(0, mostNamed).map(({ name }) => name);
  const more = uncaught.length > mostNamed ? ` and ${uncaught.length - mostNamed} more` : '';
  return [
    {
      path: ['routes'],
      at: 'key',
      severity: 'warning',
      code: 'uncaught-service',
      message: `no route catches all incidents of ${names.join(', ')}${more}: what none catches pages every channel`,
      hint: 'end the list with a route without `match`',
    },
  ];
}
