import * as z from 'zod';
import { show, text } from '../fields.ts';
import { valueKinds } from '../value-kinds.ts';

const byteUnits = { B: 1, KiB: 1024, MiB: 1_048_576, GiB: 1_073_741_824 } as const;
const mostBytes = byteUnits.GiB;

/** `16MiB`, or a plain number of bytes. */
export function byteSize() {
  return z
    .union([z.int(), z.string().meta({ pattern: '^\\d+(B|KiB|MiB|GiB)$' })], {
      error: ({ input }) => `expected a size such as 16MiB, got ${show(input)}`,
    })
    .transform((value, context) => {
      const [, count, unit = 'B'] = /^(\d+)(B|KiB|MiB|GiB)?$/.exec(String(value)) ?? [];
      const bytes = count === undefined ? undefined : Number(count) * byteUnits[unit as keyof typeof byteUnits];
      if (bytes !== undefined && bytes >= 1 && bytes <= mostBytes) return bytes;
      const message =
        bytes === undefined ? `expected a size such as 16MiB, got ${show(value)}` : 'a size is 1B to 1GiB';
      context.issues.push({ code: 'custom', input: value, message });
      return z.NEVER;
    })
    .register(valueKinds, { word: 'size', limits: '1B to 1GiB' });
}

/** A network in CIDR notation, or a single address. */
export const cidr = () => {
  const kinds = [z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()];
  return text({ expected: 'a network such as 10.0.0.0/8 or fd00::/8', maxLength: 64 }).refine(
    (value) => kinds.some((kind) => kind.safeParse(value).success),
    { error: ({ input }) => `expected a network such as 10.0.0.0/8 or fd00::/8, got ${show(input)}` },
  );
};

/** A header of an HTTP request. */
const headerName = () =>
  text({ expected: 'the name of an HTTP header', pattern: /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, maxLength: 128 });

/** Headers whose values are secrets. */
const secretHeader = /^(?:proxy-)?authorization$|^cookie$|token|secret|api-?key|password/i;

/** Lines that may show a secret which its author should have put elsewhere. */
export function mayShowSecret(line: string): boolean {
  return /\burl\b|password|secret|token|authorization|cookie|api-?key|:\/\/[^/\s]*@/i.test(line);
}

/** The path of a file. */
export const filePath = () =>
  text({ expected: 'the path of a file', maxLength: maxPathLength }).register(valueKinds, { word: 'path' });
export const maxPathLength = 4096;

/** How many requests may be under way at once. */
export const concurrency = (most: number) =>
  z
    .int({ error: ({ input }) => `expected a whole number, got ${show(input)}` })
    .min(1, 'expected at least 1')
    .max(most, `expected at most ${most}`);

/** Headers whose values stand in the settings; those that carry secrets are refused. */
export const headers = () =>
  z
    .record(headerName(), text({ expected: 'a text', maxLength: 4096, pattern: /^[^\r\n]*$/ }))
    .superRefine((value, context) => {
      for (const name of Object.keys(value)) {
        if (!secretHeader.test(name)) continue;
        const message = `\`${name}\` carries a secret, which does not belong in this file\nname a file that holds it, under headerFiles`;
        context.addIssue({ code: 'custom', path: [name], message, params: { code: 'inline-secret' } });
      }
    });

/** Headers whose values are read from files. */
export const headerFiles = () => z.record(headerName(), filePath());
