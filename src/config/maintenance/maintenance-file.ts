import type * as z from 'zod';
import { ExclusionFile } from '../budget-file.ts';
import { text } from '../fields.ts';

/** A stretch in which nobody is paged, in the words of those that leave error budgets. */
export const MaintenanceFile = ExclusionFile.extend({
  because: text({ expected: 'a text', maxLength: 200 }).describe('Why nobody is paged, for people.'),
});
export type MaintenanceFile = z.infer<typeof MaintenanceFile>;
