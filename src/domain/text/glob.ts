/** Whether a whole text matches a pattern in which `*` stands for any characters, none included. Takes at most pattern × text steps. */
export function globMatches(pattern: string, text: string): boolean {
  let at = 0;
  let next = 0;
  // The last star seen, and where the text goes on after what it stands for.
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (pattern[next] === '*') {
      star = next;
      resume = at;
      next += 1;
    } else if (pattern[next] === text[at]) {
      next += 1;
      at += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      next = star + 1;
    } else return false;
  }
  while (pattern[next] === '*') next += 1;
  return next === pattern.length;
}
