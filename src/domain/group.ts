/** The label values that tell one group of a grouped signal from another; empty for the whole service. */
export type Group = Readonly<Record<string, string>>;

/** A stable text for a group, `region="eu",zone="a"`; the empty string for the whole service. */
export function groupKey(group: Group): string {
  return Object.keys(group)
    .sort()
    .map((label) => `${label}=${JSON.stringify(group[label])}`)
    .join(',');
}
