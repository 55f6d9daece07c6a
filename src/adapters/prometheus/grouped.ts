import type { Group } from '../../domain/service/group.ts';
import { groupKey } from '../../domain/service/group.ts';
import type { Labels } from './decode.ts';

/** The group a result belongs to; a label that the result does not carry is empty, as in PromQL. */
export function groupOf(labels: Labels, by: readonly string[]): Group {
  if (by.length === 0) return wholeService;
  const group: Record<string, string> = {};
  for (const label of by) group[label] = labels[label] ?? '';
  return group;
}

const wholeService: Group = {};

/** Key of a group in a map; most signals have but one. */
export function keyOf(group: Group): string {
  return group === wholeService ? '' : groupKey(group);
}
