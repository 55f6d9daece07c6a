import { expect, test } from '@jest/globals';
import { withFlags } from '../../src/cli/flag-names.ts';

test.each([
  ['/api/v1/changes', 'body.startedAt: must be a time', '--started-at: must be a time'],
  [
    '/api/v1/changes',
    'body.change: is missing; body.kind: must be one of a, b',
    '--id: is missing; --kind: must be one of a, b',
  ],
  ['/api/v1/changes', 'body.remedies.incident: is missing', '--remedies: is missing'],
  ['/api/v1/changes', 'body.remedies.reason: is missing', '--reason: is missing'],
  ['/api/v1/silences', 'body.matcher.labels.team: must be a text', '--label: must be a text'],
  ['/api/v1/silences', 'body.matcher.service: must be a text', 'the service: must be a text'],
  [
    '/api/v1/incidents/inc-1/notes',
    'body.note: must have a character or more',
    'the note: must have a character or more',
  ],
  ['/api/v1/incidents/inc-1/acknowledge', 'body.note: must be a text', '--note: must be a text'],
  ['/api/v1/incidents?limit=0', 'query.limit: must be 1 or more', '--limit: must be 1 or more'],
  ['/api/v1/silences', 'no service named "body.x" is watched', 'no service named "body.x" is watched'],
])('what %s says is wrong is told by what was typed: %s', (path, text, expected) => {
  expect(withFlags(text, path)).toBe(expected);
});
