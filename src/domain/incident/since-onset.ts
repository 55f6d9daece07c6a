/** Events whose time is Andon's; those of the others are the source's. */
const onAndonsClock: ReadonlySet<string> = new Set([
  'notified',
  'undeliverable',
  'acknowledged',
  'reminded',
  'noted',
  'unsilenced',
  'grouped',
  'steadied',
  'group-over',
  'closed-by-hand',
]);

/**
 * How long after the onset each event of a timeline was, ms, in the order of the log. Two clocks never agree to the last
 * second: what was written after another event, and because of it, does not stand before it.
 */
export function sinceOnsets(
  onsetAt: number,
  events: readonly { readonly type: string; readonly at: number }[],
): readonly number[] {
  let latest = -Infinity;
  return events.map(({ type, at }) => {
    const own = at - onsetAt;
    const ms = onAndonsClock.has(type) ? Math.max(own, latest) : own;
    // When somebody else's alert began or ended tells nothing of the order.
    if (type !== 'alerted') latest = Math.max(latest, ms);
    return ms;
  });
}
