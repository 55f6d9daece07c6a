import type { RealServer } from '../support/real-server.ts';

interface RangeAnswer {
  readonly data: {
    readonly result: readonly { readonly values: readonly (readonly [seconds: number, value: string])[] }[];
  };
}

/** How far to either side of the moment to look, ms. */
const aroundMs = 15_000;

/**
 * The longest stretch between two scrapes of a job near a moment, ms, as the source recorded them: on a busy machine a
 * scrape comes late, and nobody can then date an event more finely.
 */
export async function widestGap({ url }: RealServer, job: string, near: number): Promise<number> {
  const query = `up{job="${job}"}[${(2 * aroundMs) / 1_000}s]`;
  const time = (near + aroundMs) / 1_000;
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query, time: String(time) }).toString()}`);
  const { data } = (await response.json()) as RangeAnswer;
  const times = (data.result[0]?.values ?? []).map(([seconds]) => seconds * 1_000);
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  if (gaps.length === 0) throw new Error(`job ${job} was not scraped near ${new Date(near).toISOString()}`);
  return Math.max(...gaps);
}
