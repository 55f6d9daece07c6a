import type { Group } from '../../domain/service/group.ts';
import type { ResultPoint } from './decode.ts';

/** Values of one group over time, ascending; an instant query has one point, and so nearly all of them. */
export interface GroupPoints {
  readonly group: Group;
  readonly points: readonly ResultPoint[];
}

export type GroupedPoints = ReadonlyMap<string, GroupPoints>;

/** The value at an instant, ms; undefined when there is none. */
export function valueAt(points: readonly ResultPoint[], at: number): number | undefined {
  let low = 0;
  let high = points.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const point = points[middle];
    if (point === undefined) return undefined;
    if (point.at === at) return point.value;
    if (point.at < at) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** `sum + sign × further`, group by group and point by point; what one side lacks is zero. */
export function addPoints(sum: GroupedPoints, further: GroupedPoints, sign: 1 | -1): GroupedPoints {
  const result = new Map(sum);
  for (const [key, { group, points }] of further) {
    result.set(key, { group, points: merged(sum.get(key)?.points ?? [], points, sign) });
  }
  return result;
}

function merged(left: readonly ResultPoint[], right: readonly ResultPoint[], sign: 1 | -1): readonly ResultPoint[] {
  const result: ResultPoint[] = [];
  let next = 0;
  for (const point of right) {
    for (let earlier = left[next]; earlier !== undefined && earlier.at < point.at; earlier = left[next]) {
      result.push(earlier);
      next += 1;
    }
    const same = left[next];
    const isSame = same?.at === point.at;
    if (isSame) next += 1;
    result.push({ at: point.at, value: (isSame ? same.value : 0) + sign * point.value });
  }
  for (; next < left.length; next += 1) {
    const rest = left[next];
    if (rest !== undefined) result.push(rest);
  }
  return result;
}
