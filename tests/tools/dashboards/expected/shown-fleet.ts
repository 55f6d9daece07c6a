import { toService } from './to-service.ts';
import type { Expected } from './expected.ts';

/** What a person reads off the dashboard of the fleet at the end of the sampled hour, by panel. */
export const fleetShown: Expected = {
  'Services watched': ['3'],
  'Lines stopped': ['1 (red)'],
  'Open incidents': ['page: 3 (red)', 'ticket: 8 (red)'],
  'Not acknowledged': ['2 (red)'],
  'Blind incidents': ['6 (red)'],
  'Targets unknown': ['5 (orange)'],
  'Budgets spent': ['4 (red)'],
  'Groups left out': ['7 (orange)'],
  Services: [
    'Service | Owner | Page | Runbook | Line | Gate | Targets missed | Targets unknown | Budget left | Fastest burn | Open incidents | Last look',
    `shop${toService('shop')} | team-shop | open → https://andon.example.com/shop | open → https://runbooks.example.com/shop | stopped (red) | stop (red) | 2 (red) | 3 (orange) | -20 % (red) | 16 (red) | 10 (red) | 5 s ago`,
    `kiosk${toService('kiosk')} | team-kiosk | open → https://andon.example.com/kiosk | open → https://runbooks.example.com/kiosk | moving (green) | pass (green) | 0 (green) | 0 (green) | 90 % (green) | 0.5 (green) | 1 (red) | 9 s ago`,
    `lost${toService('lost')} | team-lost | open → https://andon.example.com/lost | open → https://runbooks.example.com/lost | moving (green) | unknown (purple) | 0 (green) | 2 (orange) | -50 % (red) |  | 0 (green) | 700 s ago`,
  ],
  'Incidents that are not closed': [
    'Severity | Title | Service | Group | Phase | Acknowledged | Incident | Page | Runbook | Began',
    `page | Title of i5 | shop${toService('shop')} | of-i5 | open | no | i5 | open → https://andon.example.com/i/i5 | open → https://runbooks.example.com/r/i5 | 400 s ago`,
    `ticket | Title of i2 | shop${toService('shop')} | of-i2 | open | no | i2 | open → https://andon.example.com/i/i2 | open → https://runbooks.example.com/r/i2 | 500 s ago`,
    `page | Title of i4 | kiosk${toService('kiosk')} | of-i4 | open | yes | i4 | open → https://andon.example.com/i/i4 | open → https://runbooks.example.com/r/i4 | 800 s ago`,
    `page | Title of i1 | shop${toService('shop')} | of-i1 | open | no | i1 | open → https://andon.example.com/i/i1 | open → https://runbooks.example.com/r/i1 | 900 s ago`,
    `page | Title of i3 | kiosk${toService('kiosk')} | of-i3 | watching | no | i3 | open → https://andon.example.com/i/i3 | open → https://runbooks.example.com/r/i3 | 1100 s ago`,
  ],
  'Lines that stopped': [`kiosk: moving (green)${toService('kiosk')}`, `shop: stopped (red)${toService('shop')}`],
  'Gates that did not pass': [`lost: unknown (purple)${toService('lost')}`, `shop: stop (red)${toService('shop')}`],
  'Error budget left': [
    `kiosk: 90 % (green)${toService('kiosk')}`,
    `lost: -50 % (red)${toService('lost')}`,
    `shop: -20 % (red)${toService('shop')}`,
  ],
  'Fastest burn': [`kiosk: 0.5 (green)${toService('kiosk')}`, `shop: 16 (red)${toService('shop')}`],
  'Incidents over time': ['flapping: 9', 'open: 11', 'unwatched: 10', 'watched: 12'],
};
