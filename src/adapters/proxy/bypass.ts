import ipaddr from 'ipaddr.js';

/**
 * Whether requests to a host go straight and never by a proxy: this machine itself, and whatever `except` names. An entry is a
 * host's name, a suffix with a leading full stop, an address, or a network of addresses. Names are not resolved.
 */
export function bypassOf(except: readonly string[]): (hostname: string) => boolean {
  const networks = except.map(networkOf).filter((network) => network !== undefined);
  const names = except.map(nameOf);
  return (hostname) => {
    const bare = hostname.replace(/^\[|\]$/g, '');
    if (ipaddr.isValid(bare)) {
      const address = ipaddr.process(bare);
      return isThisMachine(address) || networks.some(([base, bits]) => isWithin(address, base, bits));
    }
    const name = nameOf(bare);
    if (name === 'localhost' || name.endsWith('.localhost')) return true;
    return names.some((entry) => (entry.startsWith('.') ? name.endsWith(entry) : name === entry));
  };
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function isThisMachine(address: Address): boolean {
  return address.range() === 'loopback' || address.range() === 'unspecified';
}

function networkOf(entry: string): [Address, number] | undefined {
  if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
  if (!ipaddr.isValid(entry)) return undefined;
  const address = ipaddr.process(entry);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function isWithin(address: Address, base: Address, bits: number): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

/** As names are compared: in lower case, without the full stop of the root. */
function nameOf(text: string): string {
  return text.toLowerCase().replace(/\.+$/, '');
}
