import { toService } from './to-service.ts';
import type { Expected } from './expected.ts';

/** What a person reads off the dashboard of one service at the end of the sampled hour, by panel. */
export const serviceShown: Expected = {
  Line: ['stopped (red)'],
  Gate: ['stop (red)'],
  'Targets missed': ['2 (red)'],
  'Targets unknown': ['3 (orange)'],
  'Budget left': ['availability: 40 % (green)', 'speed: -20 % (red)'],
  'Budget lasts now': ['availability: 43200 s (red)', 'speed: for ever (green)'],
  'Read more': [
    'Owner | Page | Runbook',
    'team-shop | open → https://andon.example.com/shop | open → https://runbooks.example.com/shop',
  ],
  'Incidents that are not closed': [
    'Severity | Title | Service | Group | Phase | Acknowledged | Incident | Page | Runbook | Began',
    `page | Title of i5 | shop${toService('shop')} | of-i5 | open | no | i5 | open → https://andon.example.com/i/i5 | open → https://runbooks.example.com/r/i5 | 400 s ago`,
    `ticket | Title of i2 | shop${toService('shop')} | of-i2 | open | no | i2 | open → https://andon.example.com/i/i2 | open → https://runbooks.example.com/r/i2 | 500 s ago`,
    `page | Title of i1 | shop${toService('shop')} | of-i1 | open | no | i1 | open → https://andon.example.com/i/i1 | open → https://runbooks.example.com/r/i1 | 900 s ago`,
  ],
  'Incidents: onset, detection, recovery': [
    'i0 rule-i0:   (transparent)',
    'i1 rule-i1: detected (red)',
    'i2 rule-i2: back, watched (blue)',
    'i5 rule-i5: detected (red)',
  ],
  'Incidents of this time': [
    'Incident | Rule | Onset | Detected after | Recovered after',
    'i5 | rule-i5 | 400 s ago | 30 s | ',
    'i2 | rule-i2 | 500 s ago | 50 s | 400 s',
    'i1 | rule-i1 | 900 s ago | 60 s | ',
    'i0 | rule-i0 | 3000 s ago | 100 s | 1000 s',
  ],
  'Changes of this time': [
    'Change | Kind | Version | Began | Took',
    'c2 | flag | v-c2 | 600 s ago | ',
    'c1 | deployment | v-c1 | 1000 s ago | 120 s',
  ],
  'Share: $share': ['5m at most: 91 %', '5m: 88 %', 'target 5m at-least: 95 % (red)'],
  'Gauge: $gauge': ['requests: 42', 'target at-most: 100 (red)'],
  'Error budget left': ['availability: 40 % (green)', 'speed eu: -20 % (red)'],
  'Budget lasts': ['availability at the rate of 1h: 43200 s', 'availability at the rate of 6h: 200000 s'],
  'Burn rates': ['availability 1h: 16 (red)', 'availability 6h: 3 (orange)'],
  'Success over the period': ['availability: 99.1 %', 'target availability: 98.5 % (red)'],
  'Coverage of the period': ['availability counted: 80 %', 'availability looked at: 85 %'],
  'Budgets without a value': ['speed: no-data: 1'],
  'Excluded from the period': ['availability: 600 s'],
  'Stop-the-line rules': ['failing: firing (red)', 'slow: pending (yellow)'],
  'Readings without a value': ['returns: no-data: 2'],
  'Age of readings': ['latency: 12 s'],
  'Groups left out': ['shop: 3'],
};
