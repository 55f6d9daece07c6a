import { z } from 'zod';

/** An error as RFC 9457 tells it, with a kebab-case `reason` for programs and a `hint` for people. */
export const ProblemWire = z
  .strictObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    hint: z.string().meta({ description: 'What to do about it.' }),
    reason: z.string().meta({ description: 'A stable word for programs.' }),
    problems: z.array(z.string()).optional().meta({ description: 'Every single thing that is wrong, one line each.' }),
  })
  .meta({ id: 'Problem' });

export type ProblemWire = z.infer<typeof ProblemWire>;

export const problemType = 'application/problem+json';

/** An answer that is an error; headers such as `Allow` go with it. */
export interface Problem {
  readonly kind: 'problem';
  readonly body: ProblemWire;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ProblemFacts {
  readonly reason: string;
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
  readonly problems?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export function problem(status: number, { headers = {}, problems, ...facts }: ProblemFacts): Problem {
  const body = { type: 'about:blank' as const, status, ...facts };
  return { kind: 'problem', headers, body: problems === undefined ? body : { ...body, problems: [...problems] } };
}
