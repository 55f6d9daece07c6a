/** What a reader of a page sees, one space between words. */
export function textOf(page: string): string {
  return (
    page
      // An instant stands in the middle of a sentence.
      .replaceAll(/<\/?time\b[^>]*>/g, '')
      .replace(/<style>.*<\/style>/s, '')
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ')
  );
}
