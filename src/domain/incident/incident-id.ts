import { groupKey, type Group } from '../service/group.ts';
import { compactUtc } from '../text/utc.ts';

/**
 * Names an incident after what everybody knows of it: `checkout-20260822T020711Z`, or
 * `checkout.eu-west-20260822T020711Z` for a group. The same inputs always give the same name.
 * No service has a dot in its name, so the group `eu` of `checkout` is never taken for the service `checkout-eu`.
 */
export function incidentId(service: string, group: Group, detectedAt: number): string {
  const labels = Object.keys(group).sort();
  if (labels.length === 0) return `${service}-${compactUtc(detectedAt)}`;
  const values = labels.map((label) => group[label]).join('-');
  const slug = values
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  // Two groups may look alike once slugged or joined; a few characters of their exact key tell them apart.
  const alike = labels.length > 1 || slug !== values || slug === '';
  const parts = [slug, alike ? shortHash(groupKey(group)) : ''].filter((part) => part !== '');
  return `${service}.${parts.join('-')}-${compactUtc(detectedAt)}`;
}

/** FNV-1a, 32 bit, in base 36. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
