import { z } from 'zod';
import { problem, type Problem } from './problem.ts';

/** What express and its body parser throw for requests that are at fault; only the fields we use. */
const ClientFault = z.object({
  status: z.int().min(400).max(499),
  type: z.string().optional(),
  limit: z.number().optional(),
});

/** The problem that a request itself has caused; undefined when the fault is not the caller's. */
export function bodyProblem(error: unknown): Problem | undefined {
  const fault = ClientFault.safeParse(error).data;
  if (fault === undefined) return undefined;
  switch (fault.type) {
    case 'entity.too.large':
      return problem(413, {
        reason: 'body-too-large',
        title: 'The body is too large',
        detail:
          fault.limit === undefined ? 'it is larger than is taken' : `at most ${fault.limit / 1024} KiB are taken`,
        hint: 'Send less: shorten notes and link to long texts, or send it in several messages.',
      });
    case 'entity.parse.failed':
      return problem(400, {
        reason: 'malformed-json',
        title: 'The body is not JSON',
        detail: 'the body could not be read as a JSON object',
        hint: 'Look for missing quotes or commas; for instance {"by": "Ada", "note": "looking"}.',
      });
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return problem(415, {
        reason: 'unsupported-encoding',
        title: 'The body is encoded in a way Andon does not read',
        detail: 'the body must be JSON in UTF-8',
        hint: 'Send `Content-Type: application/json` and plain, gzip or deflate encoding.',
      });
    case undefined:
    default:
      return problem(fault.status, {
        reason: 'malformed-request',
        title: 'The request is malformed',
        detail: 'the path or the body of the request could not be read',
        hint: 'Percent-encode names in paths, and send the whole body.',
      });
  }
}
