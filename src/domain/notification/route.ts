import type { Group } from '../service/group.ts';
import type { Service, StopRule } from '../service/service.ts';
import type { Severity } from '../service/severity.ts';
import { globMatches } from '../text/glob.ts';

/** Who is handed an incident that nobody has acknowledged for so long. */
export interface EscalationStep {
  /** From the time the route's channels were first told, ms. */
  readonly afterMs: number;
  readonly channels: readonly string[];
}

/** What an incident has to be for a route to catch it; whatever is left out matches all. Texts may hold `*`. */
export interface RouteMatch {
  readonly service?: readonly string[];
  /** An incident without an owner is caught by no owner. */
  readonly owner?: readonly string[];
  readonly severity?: readonly Severity[];
  /** Labels and group of the incident, by name: all must match. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
}

/** Tells whom to page of which incidents, how often again, and whom next. */
export interface Route {
  readonly match: RouteMatch;
  readonly channels: readonly string[];
  /** Whether the routes after this one are asked as well. */
  readonly continue: boolean;
  /** How often the channels are told again until somebody acknowledges, ms; absent: never. */
  readonly repeatEveryMs?: number;
  readonly escalate: readonly EscalationStep[];
}

/** What routes look at. */
export interface RouteFacts {
  readonly service: string;
  readonly owner?: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly group: Group;
}

/** What the incidents of a rule are to routes, their groups aside. */
export function routeFactsOf(
  { name, owner, labels }: Pick<Service, 'name' | 'owner' | 'labels'>,
  rule: Pick<StopRule, 'severity' | 'labels'>,
): RouteFacts {
  const { severity } = rule;
  const facts = { service: name, severity, labels: { ...labels, ...rule.labels }, group: {} };
  return owner === undefined ? facts : { ...facts, owner };
}

/** Who is told of an incident, and when. */
export interface Routed {
  /** The routes that caught it, by their places in the list, from 0; none: every channel is paged. */
  readonly routes: readonly number[];
  readonly channels: readonly string[];
  /** How often a channel is told again, ms, by its name; the shortest of all its routes. */
  readonly repeatEveryMs: ReadonlyMap<string, number>;
  /** By time, one step a time. */
  readonly steps: readonly EscalationStep[];
}

/** Channels that are named without routes. */
export interface Unrouted {
  /** Those that the service itself names; they win over those of the routes. */
  readonly notify: readonly string[];
  /** Every channel: paged of what no route catches, since nobody must miss an incident for a gap in the routes. */
  readonly all: readonly string[];
}

/**
 * Asks the routes in order: the first that matches wins, and those after it are asked where it says so. Channels that
 * the service names win over the routes’, which still say when to repeat and whom to tell next.
 */
export function routeIncident(routes: readonly Route[], facts: RouteFacts, { notify, all }: Unrouted): Routed {
  const caught: number[] = [];
  for (const [index, route] of routes.entries()) {
    if (!isCaught(route.match, facts)) continue;
    caught.push(index);
    if (!route.continue) break;
  }
  const legs = caught.flatMap((index) => routes[index] ?? []);
  const own = notify.length > 0 ? notify : undefined;
  const channels = own ?? (legs.length === 0 ? all : legs.flatMap((leg) => leg.channels));
  const repeatEveryMs = new Map<string, number>();
  for (const leg of legs) {
    if (leg.repeatEveryMs === undefined) continue;
    for (const channel of own ?? leg.channels)
      repeatEveryMs.set(channel, Math.min(leg.repeatEveryMs, repeatEveryMs.get(channel) ?? Infinity));
  }
  const steps = Map.groupBy(
    legs.flatMap((leg) => leg.escalate),
    ({ afterMs }) => afterMs,
  );
  return {
    routes: caught,
    channels: [...new Set(channels)],
    repeatEveryMs,
    steps: Array.from(steps, ([afterMs, same]) => ({
      afterMs,
      channels: [...new Set(same.flatMap((step) => step.channels))],
    })).sort((a, b) => a.afterMs - b.afterMs),
  };
}

/** Whether a route catches an incident; the group counts as labels, over those of the rule. */
export function isCaught(match: RouteMatch, facts: RouteFacts): boolean {
  const { service, owner, severity, labels = {} } = match;
  const known = { ...facts.labels, ...facts.group };
  return (
    (service === undefined || matchesAny(service, facts.service)) &&
    (owner === undefined || (facts.owner !== undefined && matchesAny(owner, facts.owner))) &&
    (severity === undefined || severity.includes(facts.severity)) &&
    Object.entries(labels).every(([name, texts]) => {
      const value = Object.hasOwn(known, name) ? known[name] : undefined;
      return value !== undefined && matchesAny(texts, value);
    })
  );
}

/** The route before that takes everything a route could catch, by its place, of each severity; undefined: it can be reached. */
export function shadowedBy(routes: readonly Route[], index: number): readonly number[] | undefined {
  const match = routes[index]?.match ?? {};
  const before = routes.slice(0, index);
  const shadows = (match.severity ?? severities).map((severity) =>
    before.findIndex((route) => !route.continue && covers(route.match, { ...match, severity: [severity] })),
  );
  return shadows.includes(-1) ? undefined : [...new Set(shadows)];
}

const severities: readonly Severity[] = ['page', 'ticket'];

/** Whether everything that `inner` catches is caught by `outer`. A text with `*` is covered as if the star stood for itself. */
function covers(outer: RouteMatch, inner: RouteMatch): boolean {
  const within = (wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean =>
    wide === undefined || (narrow !== undefined && narrow.every((text) => matchesAny(wide, text)));
  return (
    within(outer.service, inner.service) &&
    within(outer.owner, inner.owner) &&
    within(outer.severity, inner.severity) &&
    Object.entries(outer.labels ?? {}).every(([name, texts]) => within(texts, inner.labels?.[name]))
  );
}

function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => globMatches(pattern, text));
}
