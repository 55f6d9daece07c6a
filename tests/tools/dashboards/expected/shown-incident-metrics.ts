import { toService } from './to-service.ts';
import type { Expected } from './expected.ts';

/** What a person reads off the dashboard of incident metrics at the end of the sampled hour, by panel. */
export const incidentMetricsShown: Expected = {
  Detections: ['10'],
  'Time to detect': ['9 in 10: 120 s', 'mean: 70 s', 'median: 30 s'],
  'Time to detect: how they spread': ['2 m: 4', '30 s: 5', '5 m: 1', '> 8 h: 0'],
  'First pages': ['20'],
  'Time to notify': ['9 in 10: 15 s', 'mean: 7 s', 'median: 5 s'],
  'Time to notify: how they spread': ['15 s: 8', '30 s: 2', '5 s: 10', '> 8 h: 0'],
  Acknowledgements: ['30'],
  'Time to acknowledge': ['9 in 10: 600 s', 'mean: 110 s', 'median: 60 s'],
  'Time to acknowledge: how they spread': ['1 m: 15', '10 m: 12', '> 8 h: 3'],
  Recoveries: ['40'],
  'Time to recover': ['9 in 10: 3600 s', 'mean: 1300 s', 'median: 1200 s'],
  'Time to recover: how they spread': ['1 h: 16', '20 m: 20', '> 3 d: 4'],
  Deployments: ['25'],
  'Deployments per day': ['600'],
  'Change failure rate': ['25 % (red)'],
  'What became of deployments': ['failed: 3', 'unharmed: 9', 'unknown: 13'],
  'Deployments recovered': ['50'],
  'Failed-deployment recovery time': ['9 in 10: 7200 s', 'mean: 2500 s', 'median: 1800 s'],
  'Failed-deployment recovery time: how they spread': ['2 h: 20', '30 m: 25', '> 3 d: 5'],
  Incidents: ['kiosk page: 4 (orange)', 'shop page: 8 (orange)'],
  Relapses: ['shop: 5 (orange)'],
  'Seen first by': ['alert: 7', 'andon: 6'],
  'Closed by hand': ['shop page: 1 (orange)'],
  'Bad events': ['shop: 1234 (orange)'],
  'Pages that nobody got': ['shop gone: 11 (red)'],
  'Noise of each rule': [
    'Service | Rule | Severity | Opened | Not acknowledged | Share',
    `shop${toService('shop')} | failing | page | 8 | 2 (orange) | 25 %`,
    `kiosk${toService('kiosk')} | slow | page | 4 | 3 (orange) | 75 %`,
  ],
  'Rules that only record': [
    'Service | Rule | Severity | Would have stopped',
    `shop${toService('shop')} | trial | page | 14`,
  ],
};
