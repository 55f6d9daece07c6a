import { z } from 'zod';
import { isHttpUrl, reportLimits } from '../../../app/changes/check-report.ts';
import { fitLength } from '../../../domain/text/visible-text.ts';

/** A text that may be missing, null or empty: all the same. */
export const loose = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === '' ? undefined : text));

/** A time that may be missing, null or empty; ms since the epoch. */
export const looseTime = z
  .union([z.iso.datetime({ offset: true, local: false }), z.literal('')], {
    error: 'must be a time such as 2026-08-22T02:07:11Z',
  })
  .nullish()
  .transform((text) => (text === null || text === undefined || text === '' ? undefined : Date.parse(text)));

type Texts = { readonly [F in Exclude<keyof typeof reportLimits, 'change'>]?: string | undefined };

/** Texts of a tool cut to what is kept; a link that cannot be one is left out: neither is a reason to lose the change. */
export function fitting(texts: Texts): { readonly [F in keyof Texts]?: string } {
  const kept: { -readonly [F in keyof Texts]?: string } = {};
  for (const [field, text] of Object.entries(texts) as [keyof Texts, string | undefined][]) {
    if (text === undefined) continue;
    const limit = reportLimits[field];
    if (field === 'link') {
      if (text.length <= limit && isHttpUrl(text)) kept.link = text;
    } else kept[field] = fitLength(text, limit);
  }
  return kept;
}
