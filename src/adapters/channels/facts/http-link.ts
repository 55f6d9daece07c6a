/** A link that is whole: a link is left out rather than cut. */
export interface ChatLink {
  readonly text: string;
  readonly url: string;
}

/** Longer ones are left out: chats refuse or cut them. */
const urlLimit = 1_000;

/** A link to a page, written so that no character of its URL ends it early; undefined where there is none to follow. */
export function httpLink(text: string, url: string | undefined): ChatLink | undefined {
  if (url === undefined) return undefined;
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return undefined;
  const whole = parsed.href.replaceAll('|', '%7C');
  return whole.length > urlLimit ? undefined : { text, url: whole };
}
