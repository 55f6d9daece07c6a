import type { GateAnswer } from '../../domain/gate/gate-answer.ts';
import type { Protection, ProtectionResult } from '../../domain/gate/protection-event.ts';
import { incidentLink } from '../../domain/notification/notification-plan.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { clockTime } from '../../domain/text/utc.ts';
import { shortenMiddle, visibleText } from '../../domain/text/visible-text.ts';

/** GitHub takes no longer comment, characters. */
const commentLimit = 1024;
/** A person's reason may be long; whoever reviews a deployment reads a sentence. Characters. */
const saidLimit = 800;

/** What people read beside the answer: the gate's own words, and where to read on. `waiting`: beside none yet. */
export function protectionComment(
  { askedAt, waitUntil }: Pick<Protection, 'askedAt' | 'waitUntil'>,
  result: Exclude<ProtectionResult, 'refused'> | 'waiting',
  { service, state, reason, words, findings, decidedAt }: GateAnswer,
  externalUrl: string | undefined,
): string {
  const said = shortenMiddle(visibleText(`${service}: ${state} (${reason}): ${words}`), saidLimit);
  const before = {
    approved: '',
    rejected: '',
    'waited-too-long': `Andon's gate has not let it pass for ${formatDuration(waitUntil - askedAt)}. `,
    waiting: `Waiting for Andon's gate until ${clockTime(waitUntil, decidedAt)} at the latest. `,
  } satisfies Record<typeof result, string>;
  let comment = before[result] + said;
  if (externalUrl === undefined) return comment;
  for (const id of new Set(findings.flatMap(({ incident }) => incident ?? []))) {
    const link = `\n\n${incidentLink(externalUrl, id)}`;
    if (comment.length + link.length <= commentLimit) comment += link;
  }
  return comment;
}
