const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text that Slack shows as it is: links, mentions and `<!channel>` all begin with one of these three characters. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => entities[character] ?? character);
}

/** The same, cut to at most so many characters as they are sent, never inside an entity. */
export function cutMrkdwn(text: string, limit: number): string {
  const whole = escapeMrkdwn(text);
  if (whole.length <= limit) return whole;
  let cut = '';
  for (const character of text) {
    const next = escapeMrkdwn(character);
    if (cut.length + next.length >= limit) break;
    cut += next;
  }
  return `${cut}…`;
}
