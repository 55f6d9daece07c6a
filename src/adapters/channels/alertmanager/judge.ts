import type { SendResult } from '../../../app/ports/channel.ts';
import type { Answered } from '../posting/exchange.ts';

/** Most characters of Alertmanager's own words that are handed on. */
const messageLimit = 200;

/** Where Alertmanager's answers mean something else, or more, than they do elsewhere. */
export function judgeAlertmanager({ status, text, where, usual }: Answered): SendResult | undefined {
  // Its API never turns anybody away for good; what answers 410 in its place is no reason to stop paging.
  if (status === 410) {
    return { kind: 'refused', reason: 'rejected', detail: `${where} answered HTTP 410: Andon needs its API v2` };
  }
  if (usual.kind !== 'refused' || usual.reason !== 'rejected') return undefined;
  if (status === 404) {
    const detail = `${usual.detail}: give the address of Alertmanager itself, with its path prefix and without /api/v2`;
    return { ...usual, detail };
  }
  const message = status === 400 || status === 422 ? messageOf(text) : '';
  return message === '' ? undefined : { ...usual, detail: `${usual.detail}: ${message}` };
}

/** Alertmanager says what is wrong as a JSON text, or as an object when its schema refuses; anything else is not from it. */
function messageOf(text: string): string {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return '';
  }
  const message = typeof said === 'object' && said !== null && 'message' in said ? said.message : said;
  if (typeof message !== 'string') return '';
  const printable = message.replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return Array.from(printable).slice(0, messageLimit).join('');
}
