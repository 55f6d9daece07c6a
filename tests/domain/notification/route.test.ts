import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isCaught,
  routeFactsOf,
  routeIncident,
  shadowedBy,
  type Route,
  type RouteFacts,
  type RouteMatch,
} from '../../../src/domain/notification/route.ts';

const minute = 60_000;
const facts: RouteFacts = {
  service: 'checkout',
  owner: 'team-payments',
  severity: 'page',
  labels: { tier: '1', region: 'us' },
  group: { region: 'eu' },
};
const unrouted = { notify: [], all: ['a', 'b', 'c'] };

function aRoute(match: RouteMatch, over: Partial<Route> = {}): Route {
  return { match, channels: ['a'], continue: false, escalate: [], ...over };
}

describe('a route catches', () => {
  test.each<{ name: string; match: RouteMatch; caught: boolean }>([
    { name: 'everything without a match', match: {}, caught: true },
    { name: 'a service by name', match: { service: ['search', 'checkout'] }, caught: true },
    { name: 'a service by pattern', match: { service: ['check*'] }, caught: true },
    { name: 'no other service', match: { service: ['search'] }, caught: false },
    { name: 'an owner', match: { owner: ['team-*'] }, caught: true },
    { name: 'a severity', match: { severity: ['page'] }, caught: true },
    { name: 'no other severity', match: { severity: ['ticket'] }, caught: false },
    { name: 'a label', match: { labels: { tier: ['1'] } }, caught: true },
    { name: 'the group over a label of the same name', match: { labels: { region: ['eu'] } }, caught: true },
    { name: 'nothing by a label that is not there', match: { labels: { team: ['*'] } }, caught: false },
    { name: 'nothing by the names that objects have', match: { labels: { constructor: ['*'] } }, caught: false },
    { name: 'only what matches in all', match: { service: ['checkout'], severity: ['ticket'] }, caught: false },
  ])('$name', ({ match, caught }) => {
    expect(isCaught(match, facts)).toBe(caught);
  });

  test('nothing by owner where there is none', () => {
    const { owner: _owner, ...nobodys } = facts;
    expect(isCaught({ owner: ['*'] }, nobodys)).toBe(false);
  });
});

describe('routes', () => {
  test('are asked in order, and the first that matches wins', () => {
    const routes = [aRoute({ severity: ['ticket'] }), aRoute({}, { channels: ['b'] }), aRoute({}, { channels: ['c'] })];
    expect(routeIncident(routes, facts, unrouted)).toEqual({
      routes: [1],
      channels: ['b'],
      repeatEveryMs: new Map(),
      steps: [],
    });
  });

  test('go on where they say so; each channel is told once, and again as often as its shortest route says', () => {
    const routes = [
      aRoute({}, { channels: ['a', 'b'], continue: true, repeatEveryMs: 30 * minute }),
      aRoute(
        {},
        {
          channels: ['b', 'c'],
          repeatEveryMs: 10 * minute,
          escalate: [{ afterMs: 20 * minute, channels: ['boss'] }],
        },
      ),
    ];
    expect(routeIncident(routes, facts, unrouted)).toEqual({
      routes: [0, 1],
      channels: ['a', 'b', 'c'],
      repeatEveryMs: new Map([
        ['a', 30 * minute],
        ['b', 10 * minute],
        ['c', 10 * minute],
      ]),
      steps: [{ afterMs: 20 * minute, channels: ['boss'] }],
    });
  });

  test('put the steps of all that match by time, those of one time together', () => {
    const step = (after: number, ...channels: string[]) => ({ afterMs: after * minute, channels });
    const routes = [
      aRoute({}, { continue: true, escalate: [step(15, 'x'), step(30, 'y')] }),
      aRoute({}, { escalate: [step(10, 'z'), step(15, 'x', 'w')] }),
    ];
    expect(routeIncident(routes, facts, unrouted).steps).toEqual([step(10, 'z'), step(15, 'x', 'w'), step(30, 'y')]);
  });

  test('give way to the channels that the service names, and still say when and whom next', () => {
    const escalate = [{ afterMs: 15 * minute, channels: ['boss'] }];
    const routes = [aRoute({}, { repeatEveryMs: 10 * minute, escalate })];
    expect(routeIncident(routes, facts, { ...unrouted, notify: ['c'] })).toEqual({
      routes: [0],
      channels: ['c'],
      repeatEveryMs: new Map([['c', 10 * minute]]),
      steps: escalate,
    });
  });

  test.each([
    { name: 'every channel is paged', notify: [], channels: ['a', 'b', 'c'] },
    { name: 'those that the service names are', notify: ['b'], channels: ['b'] },
  ])('that catch nothing lose nothing: $name', ({ notify, channels }) => {
    for (const routes of [[], [aRoute({ service: ['search'] })]])
      expect(routeIncident(routes, facts, { ...unrouted, notify }).channels).toEqual(channels);
  });

  test('see a rule’s labels over those of its service', () => {
    const service = { name: 'checkout', labels: { tier: '1', team: 'x' } };
    expect(routeFactsOf(service, { severity: 'ticket', labels: { tier: '2' } })).toEqual({
      service: 'checkout',
      severity: 'ticket',
      labels: { tier: '2', team: 'x' },
      group: {},
    });
  });
});

describe('a route that nothing reaches', () => {
  test.each<{ name: string; before: readonly Route[]; match: RouteMatch; by: readonly number[] | undefined }>([
    { name: 'stands after one without a match', before: [aRoute({})], match: { service: ['x'] }, by: [0] },
    { name: 'is the same as one before', before: [aRoute({ service: ['x'] })], match: { service: ['x'] }, by: [0] },
    {
      name: 'is part of one before',
      before: [aRoute({ service: ['pay*'] })],
      match: { service: ['pay-eu', 'pay-us*'], severity: ['page'] },
      by: [0],
    },
    {
      name: 'is caught severity by severity',
      before: [aRoute({ severity: ['page'] }), aRoute({ severity: ['ticket'] })],
      match: {},
      by: [0, 1],
    },
    {
      name: 'does not stand after one that goes on',
      before: [aRoute({}, { continue: true })],
      match: {},
      by: undefined,
    },
    { name: 'is not wider than those before', before: [aRoute({ service: ['x'] })], match: {}, by: undefined },
    {
      name: 'does not say more than those before in another way',
      before: [aRoute({ service: ['x'], owner: ['o'] })],
      match: { service: ['x'] },
      by: undefined,
    },
    {
      name: 'may have a label more',
      before: [aRoute({ labels: { tier: ['1', '2'] } })],
      match: { labels: { tier: ['2'], region: ['eu'] } },
      by: [0],
    },
  ])('$name', ({ before, match, by }) => {
    expect(shadowedBy([...before, aRoute(match)], before.length)).toEqual(by);
  });

  test('is never one that something does reach', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'ab', 'a*', '*b', '*'), { minLength: 1, maxLength: 2 });
    const severities = fc.constantFrom<readonly ('page' | 'ticket')[]>(['page'], ['ticket'], ['page', 'ticket']);
    const match = fc.record({ service: texts, severity: severities, owner: texts }, { requiredKeys: [] });
    const route = fc.record({ match, continue: fc.boolean() }).map((each) => aRoute(each.match, each));
    const incident = fc.record({
      service: fc.constantFrom('a', 'b', 'ab', 'cb'),
      severity: fc.constantFrom<'page' | 'ticket'>('page', 'ticket'),
      owner: fc.constantFrom('a', 'b', 'ba'),
      labels: fc.constant({}),
      group: fc.constant({}),
    });
    fc.assert(
      fc.property(fc.array(route, { minLength: 1, maxLength: 4 }), incident, (routes, each) => {
        for (const index of routeIncident(routes, each, unrouted).routes)
          expect(shadowedBy(routes, index)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});
