import { z } from 'zod';
import type { SendResult } from '../../app/ports/channel.ts';
import { shortenMiddle, visibleText } from '../../domain/text/visible-text.ts';
import type { Answered } from './guarded-post.ts';

const Fault = z.object({ message: z.string() });
const messageLimit = 300;

/** What GitHub's answer means where it differs from everybody's: limits come as 403, and refusals with a message. */
export function judgeGitHub({ status, text, usual }: Answered): SendResult | undefined {
  if (usual.kind !== 'refused' && usual.kind !== 'gone') return undefined;
  const message = messageOf(text);
  const detail = message === undefined ? usual.detail : `${usual.detail}: ${message}`;
  if (status === 403 && message !== undefined && /rate limit/i.test(message))
    return { kind: 'retry', reason: 'throttled', detail };
  return { ...usual, detail };
}

/** Parses what should be JSON; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(text: string): string | undefined {
  const message = Fault.safeParse(parseJson(text)).data?.message.replaceAll(/\p{Cc}+/gu, ' ');
  return message === undefined ? undefined : shortenMiddle(visibleText(message), messageLimit);
}
