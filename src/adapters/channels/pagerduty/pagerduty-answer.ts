import { z } from 'zod';
import type { SendResult } from '../../../app/ports/channel.ts';
import type { Answered } from '../posting/exchange.ts';

/** What PagerDuty says of an event that it does not take; only the fields we use. */
const Refusal = z.object({
  message: z.string().optional().catch(undefined),
  errors: z.array(z.string()).optional().catch(undefined),
});

/** Most characters of PagerDuty's own words that are handed on. */
const wordsLimit = 300;

/** What PagerDuty's answer means where it means something else, or more, than elsewhere. */
export function judgePagerDuty({ status, text, where, usual }: Answered): SendResult | undefined {
  // A page of HTML under 200 is from somebody in between, who delivered nothing.
  if (usual.kind === 'accepted' && /^\s*<(?:!doctype|html)\b/i.test(text)) {
    const detail = `${where} answered HTTP ${status} with a web page, which PagerDuty never does: check the url, and what proxies stand in between`;
    return { kind: 'refused', reason: 'rejected', detail };
  }
  // PagerDuty never asks not to be called again; what answers 410 in its place is no reason to stop paging.
  if (status === 410) {
    return { kind: 'refused', reason: 'rejected', detail: `${where} answered HTTP 410: Andon needs its Events API v2` };
  }
  if (usual.kind === 'accepted') return undefined;
  const words = wordsOf(text);
  return words === '' ? undefined : { ...usual, detail: `${usual.detail}: ${words}` };
}

/** PagerDuty's message and errors on one line. Whatever may be a key in them is taken out. */
function wordsOf(text: string): string {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return '';
  }
  const { message = '', errors = [] } = Refusal.safeParse(said).data ?? {};
  const words = [message, ...errors].filter((each) => each !== '').join('; ');
  const printable = words
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/[A-Za-z0-9]{20,}/g, '…')
    .trim();
  return Array.from(printable).slice(0, wordsLimit).join('');
}
