import { isReservedName } from '../condition/compile-condition.ts';

/** Longest name of a signal, so that a budget may be called by it. */
const mostSignal = 48;
const mostLabel = 63;

/** A name as Andon takes it for services, sources, channels and rules: `MyService_2` becomes `my-service-2`. */
export function dashedName(written: string): string {
  const words = written
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return words.slice(0, mostLabel).replaceAll(/^-+|-+$/g, '') || 'unnamed';
}

/** A name that conditions can use as a variable: `requests-availability` becomes `requests_availability`. */
export function signalName(written: string): string {
  const words = written.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '');
  const name = (/^[A-Za-z]/.test(words) ? words : `slo_${words}`).slice(0, mostSignal).replace(/_+$/, '');
  return isReservedName(name) ? `${name.slice(0, mostSignal - 7)}_signal` : name;
}

/** The name itself, or with the lowest number behind it that is free; counts as taken from then on. */
export function freeName(name: string, taken: Set<string>, separator: '-' | '_', most = mostLabel): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) {
    const tail = `${separator}${number}`;
    free = name.slice(0, most - tail.length) + tail;
  }
  taken.add(free);
  return free;
}
