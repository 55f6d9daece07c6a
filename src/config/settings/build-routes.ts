import type { Route, RouteMatch } from '../../domain/notification/route.ts';
import type { RouteSettings } from './route-settings.ts';

/** The routes that the settings declare, in their order. */
export function routesOf({ routes }: { readonly routes: readonly RouteSettings[] }): readonly Route[] {
  return routes.map(({ match, channels, continue: goesOn, repeatEvery, escalate }) => ({
    match: matchOf(match),
    channels,
    continue: goesOn,
    ...(repeatEvery === undefined ? {} : { repeatEveryMs: repeatEvery }),
    escalate: escalate.map((step) => ({ afterMs: step.after, channels: step.channels })),
  }));
}

function matchOf({ service, owner, severity, labels }: RouteSettings['match']): RouteMatch {
  const names = Object.entries(labels);
  return {
    ...(service === undefined ? {} : { service: listOf(service) }),
    ...(owner === undefined ? {} : { owner: listOf(owner) }),
    ...(severity === undefined ? {} : { severity: listOf(severity) }),
    ...(names.length === 0 ? {} : { labels: Object.fromEntries(names.map(([name, texts]) => [name, listOf(texts)])) }),
  };
}

function listOf<T extends string>(value: T | readonly T[]): readonly T[] {
  return typeof value === 'string' ? [value] : value;
}
