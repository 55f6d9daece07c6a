/** What keeps a text from being a URL to post to; undefined when nothing does. Never repeats the text. */
export function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'this is no URL: write it as https://host/path';
  const { protocol, username, password } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:')
    return `the scheme must be https or http, not ${protocol.slice(0, -1)}`;
  if (username !== '' || password !== '')
    return 'credentials do not belong into the URL: give them as a header from a file';
  return undefined;
}
