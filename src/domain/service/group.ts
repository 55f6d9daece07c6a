import { shortenMiddle, visibleText } from '../text/visible-text.ts';

/** The label values that tell one group of a grouped signal from another; empty for the whole service. */
export type Group = Readonly<Record<string, string>>;

/** A stable text for a group, `region="eu",zone="a"`; the empty string for the whole service. */
export function groupKey(group: Group): string {
  return Object.keys(group)
    .sort()
    .map((label) => `${label}=${JSON.stringify(group[label])}`)
    .join(',');
}

/** Longer values are shortened for people. */
const valueLimit = 60;

/** A group as people see it in a table or on a page: as its key, with long values shortened and nothing unseen in it. */
export function groupText(group: Group): string {
  const shown = Object.entries(group).map(([label, value]) => [label, shortenMiddle(value, valueLimit)]);
  return visibleText(groupKey(Object.fromEntries(shown) as Group)).replaceAll(/\p{Cc}/gu, escaped);
}

/** A value amid words: quoted when its ends, or its very being there, would not be seen. */
export function groupValueText(value: string): string {
  return value === value.trim() && value !== '' ? value : JSON.stringify(value);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
