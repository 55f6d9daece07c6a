import { describe, expect, test } from '@jest/globals';
import { bypassOf } from '../../../src/adapters/proxy/bypass.ts';

/** As `URL` gives the host of a URL. */
function hostOf(host: string): string {
  return new URL(`http://${host}/`).hostname;
}

describe('this machine is reached without a proxy', () => {
  test.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '2130706433',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
    '[::]',
  ])('%s', (host) => {
    expect(bypassOf([])(hostOf(host))).toBe(true);
  });
  test.each(['prometheus.test', 'notlocalhost', 'localhost.example.com', '10.0.0.1', '[fd00::1]', '128.0.0.1'])(
    'and %s is not this machine',
    (host) => {
      expect(bypassOf([])(hostOf(host))).toBe(false);
    },
  );
});

test.each<readonly [string, string, boolean]>([
  ['prometheus.internal', 'prometheus.internal', true],
  ['prometheus.internal', 'PROMETHEUS.internal.', true],
  ['Prometheus.Internal.', 'prometheus.internal', true],
  ['prometheus.internal', 'a.prometheus.internal', false],
  ['prometheus.internal', 'prometheus.internal.example.com', false],
  ['.svc', 'prometheus.monitoring.svc', true],
  ['.svc', 'prometheus.monitoring.svc.', true],
  ['.svc', 'svc', false],
  ['.svc', 'xsvc', false],
  ['.svc', 'prometheus.svc.cluster.local', false],
  ['.cluster.local', 'prometheus.svc.cluster.local', true],
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '[::ffff:10.1.2.3]', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['10.0.0.0/8', '10.example.com', false],
  ['10.0.0.0/8', '[fd00::1]', false],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.4', false],
  ['fd00::/8', '[fd12:3456::1]', true],
  ['fd00::/8', '[fe00::1]', false],
  ['fd00::1', '[fd00:0:0::1]', true],
])('except %s, the host %s: %s', (entry, host, expected) => {
  expect(bypassOf([entry])(hostOf(host))).toBe(expected);
  expect(bypassOf(['other.test', entry])(hostOf(host))).toBe(expected);
});
