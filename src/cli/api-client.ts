import { z } from 'zod';
import { withFlags } from './flag-names.ts';
import type { CommandFault } from './tell-error.ts';

/** The part of `fetch` that commands use; Node's own and node-fetch both fit. */
export type Fetch = (url: string, init: FetchInit) => Promise<{ readonly status: number; text(): Promise<string> }>;

export interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

export interface ApiTarget {
  /** Base URL of a running Andon. */
  readonly url: string;
  readonly token?: string;
  readonly fetch: Fetch;
  /** How long to wait for an answer, ms; 10 s when left out. */
  readonly timeoutMs?: number;
}

/** What a running Andon answered; a fault's message is for people and says what to do. */
export type ApiAnswer =
  { readonly kind: 'ok'; readonly body: unknown } | { readonly kind: 'failed'; readonly fault: CommandFault };

const timeoutMs = 10_000;

/** What to do here where the API's own hints speak of requests, by the reason of the refusal. */
const cliHints: Readonly<Record<string, string>> = {
  'unknown-channel': 'See which are configured under `channels` of its settings.',
  'unknown-service': 'See which are watched with `andon gate`.',
  'unknown-freeze': 'See which stand with `andon freezes`.',
  'unknown-override': 'See which stand with `andon overrides`.',
  'unknown-incident': 'See which are kept with `andon incidents list`.',
  'closed-incident': 'Write a note instead: `andon incidents note <id> <text>`.',
  'invalid-request': 'See what is taken with --help.',
  'token-missing': 'Name the file that holds the token with --token-file or ANDON_TOKEN_FILE.',
  'token-wrong': 'Name the file that `api.tokenFile` names with --token-file or ANDON_TOKEN_FILE.',
  'no-token-configured': 'Set `api.tokenFile` in the settings of Andon, and name the same file with --token-file.',
  'foreign-host':
    'Name Andon by 127.0.0.1 or localhost with --url, or set `api.tokenFile` in its settings and use --token-file.',
  'unknown-silence': 'See which stand with `andon silence list`.',
  'not-stored': 'Look at the log of Andon, and try again when its store is mended.',
};

const ProblemWire = z.object({
  reason: z.string().optional(),
  title: z.string(),
  detail: z.string(),
  hint: z.string().optional(),
  problems: z.array(z.string()).optional(),
});

/** Asks the API of a running Andon; GET without a body, POST with one. Never throws for what the network does. */
export async function askApi(target: ApiTarget, path: string, body?: unknown): Promise<ApiAnswer> {
  const url = `${target.url.replace(/\/+$/, '')}${path}`;
  let status: number;
  let text: string;
  try {
    const response = await target.fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        // The daemon tells by it that a person or a script typed the command.
        'user-agent': 'andon-cli',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(target.token === undefined ? {} : { authorization: `Bearer ${target.token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A token must not follow a redirect to wherever it points.
      redirect: 'manual',
      signal: AbortSignal.timeout(target.timeoutMs ?? timeoutMs),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    return { kind: 'failed', fault: unreachable(target.url, error) };
  }
  const parsed = parseJson(text);
  if (status >= 200 && status < 300 && parsed !== undefined) return { kind: 'ok', body: parsed };
  const problem = ProblemWire.safeParse(parsed).data;
  if (problem === undefined)
    return { kind: 'failed', fault: { ...strange(target.url, `HTTP status ${status}`), status } };
  const { reason, title, hint } = problem;
  const detail = withFlags(problem.detail, path);
  const problems = (problem.problems ?? []).map((each) => withFlags(each, path));
  const lines = [`${title}: ${detail}`, ...(problems.length > 1 ? problems : [])];
  const remedy = cliHints[reason ?? ''] ?? hint;
  const facts = {
    ...(remedy === undefined ? {} : { hint: remedy }),
    ...(reason === undefined ? {} : { reason }),
    ...(problems.length === 0 ? {} : { problems }),
  };
  return { kind: 'failed', fault: { message: lines.join('\n  '), status, ...facts } };
}

/** What stands at the URL is not the API that this command knows. */
export function strange(url: string, what: string): CommandFault {
  return {
    message: `what answers at ${url} does not look like Andon (${what})`,
    hint: 'Check --url or ANDON_URL.',
  };
}

function unreachable(url: string, error: unknown): CommandFault {
  return {
    message: `no Andon answers at ${url}: ${causeOf(error)}`,
    hint: 'Is the daemon running (`andon run`)? Name another address with --url or ANDON_URL.',
    reason: 'unreachable',
  };
}

const FaultWire = z.object({
  name: z.string().optional(),
  // Node's codes are words; those of aborted requests are numbers, which tell people nothing.
  code: z.string().optional().catch(undefined),
  message: z.string().optional(),
  cause: z.unknown().optional(),
});

/** Node's own fetch says `fetch failed` and keeps the news in the cause; node-fetch has it in the code. */
function causeOf(error: unknown): string {
  const { name, code, message, cause } = FaultWire.safeParse(error).data ?? { message: String(error) };
  if (name === 'TimeoutError' || name === 'AbortError') return `no answer within ${timeoutMs / 1000} s`;
  if (code !== undefined) return code;
  return cause === undefined ? (message ?? 'unknown error') : causeOf(cause);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
