import { expect, test } from '@jest/globals';
import { describeAlert, describeFirstAlert } from '../../../src/domain/incident/describe-alert.ts';
import type { Alert } from '../../../src/domain/incident/alert.ts';

const alert: Alert = {
  fingerprint: 'f',
  name: 'HighErrorRate',
  startsAt: 0,
  labels: { alertname: 'HighErrorRate', zone: 'a' },
};
const many = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`l${index}`, 'x']));

test.each<[string, Alert, 'firing' | 'resolved', string]>([
  ['that fires', alert, 'firing', 'HighErrorRate fires (zone=a)'],
  ['that is over', { ...alert, endsAt: 90_000 }, 'resolved', 'HighErrorRate is over, after 1m 30s (zone=a)'],
  ['that is over, nobody knows since when', alert, 'resolved', 'HighErrorRate is over (zone=a)'],
  ['without labels', { ...alert, labels: {} }, 'firing', 'HighErrorRate fires'],
  [
    'with many labels',
    { ...alert, labels: many, furtherLabels: 3 },
    'firing',
    'HighErrorRate fires (l0=x, l1=x, l2=x, l3=x, l4=x, l5=x, l6=x, l7=x, 5 more)',
  ],
  ['that turns text about', { ...alert, name: 'a\u202eb', labels: {} }, 'firing', 'a\\u202eb fires'],
])('an alert %s is a line', (_which, given, status, line) => {
  expect(describeAlert(given, status)).toBe(line);
});

test('who saw it first is a phrase', () => {
  expect(describeFirstAlert('HighErrorRate', 40_000)).toBe('HighErrorRate, 40s before Andon');
});
