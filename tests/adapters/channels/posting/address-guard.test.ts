import type { lookup as systemLookup, LookupAddress } from 'node:dns';
import { describe, expect, test } from '@jest/globals';
import { AddressGuard } from '../../../../src/adapters/channels/posting/address-guard.ts';

describe('unless configured otherwise', () => {
  const guard = new AddressGuard([], []);

  test.each([
    '169.254.169.254',
    '169.254.0.1',
    '100.100.100.200',
    '168.63.129.16',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
  ])('%s may not be called', (address) => {
    expect(guard.allows(address)).toBe(false);
    expect(guard.allowsHost(address)).toBe(false);
  });

  test.each(['127.0.0.1', '::1', '10.1.2.3', '192.168.0.1', '203.0.113.9', '2001:db8::1', '64:ff9b::cb00:7109'])(
    '%s may be called',
    (address) => {
      expect(guard.allows(address)).toBe(true);
    },
  );

  test.each([
    ['[fe80::1]', false],
    // How a URL writes 169.254.169.254 when it is given as one number.
    [new URL('http://2852039166/').hostname, false],
    ['hooks.example.com', true],
    // Names of clouds, which a proxy would look up where nobody here sees to what.
    ['metadata.google.internal', false],
    ['Metadata.Google.Internal.', false],
    ['a.metadata.google.internal', true],
    ['constructor', true],
  ])('the host %s is told without a lookup: %s', (host, allowed) => {
    expect(guard.allowsHost(host)).toBe(allowed);
  });
});

test('a name whose address is known is let through with the address', () => {
  const guard = new AddressGuard(['169.254.169.254'], []);
  expect(guard.allowsHost('metadata.google.internal')).toBe(true);
});

test('what is allowed wins over what is denied', () => {
  const guard = new AddressGuard(['10.1.0.0/16', '169.254.169.254'], ['0.0.0.0/0', '::/0']);
  expect(['10.1.2.3', '169.254.169.254', '10.2.0.1', '::1'].map((address) => guard.allows(address))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('names a range that is none', () => {
  expect(() => new AddressGuard(['10.0.0.0/33'], [])).toThrow('"10.0.0.0/33" is no address range');
  expect(() => new AddressGuard([], ['example.com'])).toThrow('"example.com" is no address range');
});

function resolvingTo(...addresses: string[]): typeof systemLookup {
  const found: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const lookup = (_host: string, _options: unknown, callback: (error: Error | null, all: LookupAddress[]) => void) => {
    callback(found.length === 0 ? Object.assign(new Error('not found'), { code: 'ENOTFOUND' }) : null, found);
  };
  return lookup as typeof systemLookup;
}

function ask(lookup: typeof systemLookup, all: boolean): Promise<unknown> {
  const guard = new AddressGuard([], [], lookup);
  return new Promise((resolve) => {
    guard.lookup('hooks.example.com', { all }, (error, address) => resolve(error ?? address));
  });
}

describe('the lookup', () => {
  test('leaves out the addresses that may not be called', async () => {
    const lookup = resolvingTo('169.254.169.254', '203.0.113.9', '2001:db8::1');
    expect(await ask(lookup, false)).toBe('203.0.113.9');
    expect(await ask(lookup, true)).toEqual([
      { address: '203.0.113.9', family: 4 },
      { address: '2001:db8::1', family: 6 },
    ]);
  });

  test('fails when there is no other', async () => {
    expect(await ask(resolvingTo('169.254.169.254'), true)).toMatchObject({ code: 'EFORBIDDENADDRESS' });
  });

  test('passes on that there is no such host', async () => {
    expect(await ask(resolvingTo(), true)).toMatchObject({ code: 'ENOTFOUND' });
  });
});
