import type { Signal } from '../../domain/service/service.ts';
import type { Finding } from './live-finding.ts';
import type { Inspector } from '../ports/inspector.ts';

/** Says when a signal has more groups at the source than are judged. */
export async function checkGroupCount(
  signal: Signal,
  inspector: Inspector,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  if (signal.by.length === 0) return [];
  // Where that cannot be asked, as of a number without labels, the source has said why about the signal itself.
  const counted = await inspector.countGroups(queryOf(signal), signal.by, abort);
  if (counted.kind === 'failed' || counted.groups <= signal.maxGroups) return [];
  const { groups } = counted;
  return [
    {
      path: ['by'],
      said: {
        severity: 'warning',
        code: 'live-too-many-groups',
        message: `split by ${signal.by.join(', ')}, \`${signal.name}\` has ${groups} groups, and maxGroups lets ${signal.maxGroups} of them be judged`,
        hint:
          groups <= maxGroupsLimit
            ? `raise maxGroups to ${groups} or more, or split by fewer labels`
            : `split by fewer labels; maxGroups is at most ${maxGroupsLimit}`,
      },
    },
  ];
}

/** The most that a rule file may ask for. */
const maxGroupsLimit = 1000;

function queryOf(signal: Signal): string {
  return signal.kind === 'gauge' ? signal.query : signal.totalTerms.map(({ selector }) => selector).join(' or ');
}
