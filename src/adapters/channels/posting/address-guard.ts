import { lookup as systemLookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** Where clouds hand credentials to whoever asks, and link-local neighbours; nothing there takes pages. */
const deniedByDefault = [
  '169.254.0.0/16',
  'fe80::/10',
  // AWS, Google Cloud, Alibaba Cloud, Azure and Oracle Cloud, beyond link-local.
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
];

/** Names that clouds answer with such an address: by a proxy no name is looked up here. */
const knownNames = new Map([
  ['metadata.google.internal', '169.254.169.254'],
  ['metadata.goog', '169.254.169.254'],
  ['instance-data.ec2.internal', '169.254.169.254'],
]);

/** Addresses of IPv4 hosts seen through NAT64 (RFC 6052): the last four bytes are the real one. */
const nat64 = ipaddr.parseCIDR('64:ff9b::/96');

/** Thrown, as a lookup's error, when a name has no address that may be called. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
  readonly code = 'EFORBIDDENADDRESS';
}

/** Looks at the addresses that are really connected to, so that a name that changes its mind gains nothing. */
export class AddressGuard {
  readonly #allowed: readonly Range[];
  readonly #denied: readonly Range[];
  readonly #lookup: typeof systemLookup;

  /** CIDRs; throws a RangeError that names the first one that is none. What is allowed wins over what is denied. */
  constructor(allow: readonly string[], deny: readonly string[], lookup: typeof systemLookup = systemLookup) {
    this.#allowed = allow.map(parseRange);
    this.#denied = [...deniedByDefault, ...deny].map(parseRange);
    this.#lookup = lookup;
  }

  allows(address: string): boolean {
    const seen = ipaddr.process(withoutZone(address));
    const faces = seen.kind() === 'ipv6' && matches(seen, nat64) ? [seen, embedded(seen)] : [seen];
    if (faces.some((face) => this.#allowed.some((range) => matches(face, range)))) return true;
    return !faces.some((face) => this.#denied.some((range) => matches(face, range)));
  }

  /** Whether a URL's host may be called as far as can be told without a lookup: literal addresses skip the lookup, and a proxy makes it itself. */
  allowsHost(hostname: string): boolean {
    const name = hostname.replace(/^\[|\]$/g, '');
    const host = knownNames.get(name.toLowerCase().replace(/\.+$/, '')) ?? name;
    return !ipaddr.isValid(withoutZone(host)) || this.allows(host);
  }

  /** For sockets: resolves as the system does, less the addresses that are denied. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    const all: LookupOptions & { all: true } = { ...options, all: true };
    this.#lookup(hostname, all, (error, addresses: LookupAddress[]) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const allowed = addresses.filter(({ address }) => this.allows(address));
      const [first] = allowed;
      if (first === undefined) callback(new ForbiddenAddressError('no address that may be called'), '');
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function parseRange(text: string): Range {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (ipaddr.isValid(text)) {
    const address = ipaddr.process(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  }
  throw new RangeError(`${JSON.stringify(text)} is no address range: write it as 10.0.0.0/8 or fd00::/8`);
}

function matches(address: Address, [base, bits]: Range): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

function embedded(address: Address): Address {
  return ipaddr.fromByteArray(address.toByteArray().slice(12));
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}
