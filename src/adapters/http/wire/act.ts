import { z } from 'zod';
import { byLimit, noteLimit } from '../../../app/person-text.ts';
import { parseDuration } from '../../../domain/text/duration.ts';

/** Whoever acts on gates and silences. */
export const ActBy = z.string().min(1).max(byLimit).meta({ description: 'Who acts, and answers for it.' });

/** What a person writes. */
export const PlainText = z
  .string()
  .min(1)
  .max(noteLimit)
  .meta({ description: 'Plain text; control characters are cut out.' });

/** A duration such as `30m`, as ms. */
export const DurationText = z
  .string()
  .max(40)
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    context.issues.push({ code: 'custom', input: text, message: 'must be a duration such as 30m or 2h' });
    return z.NEVER;
  })
  .meta({ description: 'A duration such as `30m` or `2h`.' });
