import { groupKey, type Group } from './group.ts';
import { compactUtc } from './utc.ts';

/**
 * Names an incident after what everybody knows of it: `checkout-20260822T020711Z`, or
 * `checkout-eu-west-20260822T020711Z` for a group. The same inputs always give the same name.
 */
export function incidentId(service: string, group: Group, detectedAt: number): string {
  const values = Object.values(group).join('-');
  const slug = values
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  // Two groups may look alike once slugged; a few characters of their exact key tell them apart.
  const unlike = slug === values ? '' : `-${shortHash(groupKey(group))}`;
  const middle = values === '' ? '' : `-${slug}${unlike}`.replace(/^--/, '-');
  return `${service}${middle}-${compactUtc(detectedAt)}`;
}

/** FNV-1a, 32 bit, in base 36. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
