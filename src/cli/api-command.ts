import { Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { askApi, strange, type ApiTarget, type Fetch } from './api-client.ts';
import { paintFor, type Paint } from './paint.ts';
import { printable } from './printable.ts';
import { tellError, type CommandFault } from './tell-error.ts';
import { terminalWidth } from './terminal-width.ts';

/** What a command needs from the outside to ask a running Andon. */
export interface ApiDeps {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: Fetch;
  readonly readText: (path: string) => Promise<string>;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
  /** Sets the exit code: 0 done, 1 no daemon answers or it refuses, 2 wrong usage; a command may have more. */
  readonly exit: (code: number) => void;
}

export interface Connection {
  readonly url: string;
  readonly tokenFile?: string;
  readonly output: 'text' | 'json';
}

/** Options of a command in which a person acts. */
export interface Acting extends Connection {
  /** Absent when nothing says who acts. */
  readonly by?: string;
}

export const defaultUrl = 'http://127.0.0.1:9655';

/** A command with the options that say where Andon runs and how to show its answer. */
export function apiCommand(
  deps: Pick<ApiDeps, 'stdout' | 'stderr' | 'env'>,
  name: string,
  description: string,
): Command {
  return new Command(name)
    .description(description)
    .addOption(
      new Option('--url <url>', 'where Andon runs (or ANDON_URL)')
        .argParser(httpUrl)
        .default(deps.env['ANDON_URL'] ?? defaultUrl),
    )
    .option('--token-file <file>', 'file with the token that Andon expects (or ANDON_TOKEN_FILE)')
    .addOption(new Option('-o, --output <format>', 'how to show it').choices(['text', 'json']).default('text'))
    .configureOutput({
      writeOut: (text) => void deps.stdout.write(text),
      writeErr: (text) => void deps.stderr.write(text),
    });
}

/** Who acts: the user, unless another is named. */
export function byOption(env: ApiDeps['env']): Option {
  const user = env['ANDON_USER'] || env['USER'];
  const option = new Option('--by <name>', 'who acts (or ANDON_USER, USER)');
  return user === undefined || user === '' ? option : option.default(user);
}

/** Where to ask and with which token, or why that cannot be told; then the usage is wrong. */
export async function targetOf(
  deps: Pick<ApiDeps, 'env' | 'fetch' | 'readText'>,
  { url, tokenFile }: Connection,
): Promise<
  { readonly kind: 'target'; readonly target: ApiTarget } | { readonly kind: 'wrong'; readonly message: string }
> {
  // An address from the environment has passed no parser.
  if (!isHttpUrl(url)) return { kind: 'wrong', message: `ANDON_URL is no URL; write for instance ${defaultUrl}` };
  const file = tokenFile ?? deps.env['ANDON_TOKEN_FILE'];
  const token = file === undefined || file === '' ? undefined : await tokenOf(file, deps.readText);
  if (token?.kind === 'unreadable') return { kind: 'wrong', message: token.message };
  return { kind: 'target', target: { url, fetch: deps.fetch, ...(token === undefined ? {} : { token: token.text }) } };
}

/** What Andon answered, of the shape that this command knows; `raw` is the answer as it came. */
export type Asked<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly raw: unknown }
  | { readonly kind: 'failed'; readonly fault: CommandFault };

/** Asks once; GET without a body, POST with one. */
export async function ask<T extends z.ZodType>(
  target: ApiTarget,
  path: string,
  body: unknown,
  schema: T,
): Promise<Asked<z.infer<T>>> {
  const answer = await askApi(target, path, body);
  if (answer.kind === 'failed') return answer;
  const shown = schema.safeParse(answer.body);
  if (shown.success) return { kind: 'ok', value: shown.data, raw: answer.body };
  return { kind: 'failed', fault: strange(target.url, 'its answer has another shape') };
}

export type Render<T> = (answer: T, now: number, paint: Paint, width: number | undefined) => string;

/** Shows an answer as it came (json) or as people read it (text). */
export function show<T>(
  deps: Pick<ApiDeps, 'stdout' | 'env' | 'now'>,
  output: Connection['output'],
  { value, raw }: { readonly value: T; readonly raw: unknown },
  render: Render<T>,
): void {
  deps.stdout.write(
    output === 'json'
      ? `${JSON.stringify(raw, undefined, 2)}\n`
      : render(value, deps.now(), paintFor(deps.stdout, deps.env), terminalWidth(deps.stdout)),
  );
}

/** Asks, shows the answer and ends: 0, or 1 when there is none, or 2 when the usage is wrong. */
export async function askAndShow<T extends z.ZodType>(
  deps: ApiDeps,
  connection: Connection,
  path: string,
  body: unknown,
  schema: T,
  render: Render<z.infer<T>>,
): Promise<void> {
  const opened = await targetOf(deps, connection);
  if (opened.kind === 'wrong') return refuse(deps, connection.output, { message: opened.message }, 2);
  const answer = await ask(opened.target, path, body, schema);
  if (answer.kind === 'failed') return refuse(deps, connection.output, answer.fault, 1);
  show(deps, connection.output, answer, render);
  deps.exit(0);
}

/** Says why a command could not do what was asked, and ends with a code. */
export function refuse(
  deps: Pick<ApiDeps, 'stderr' | 'exit'>,
  output: Connection['output'],
  { message, hint, ...facts }: CommandFault,
  code: number,
): void {
  const remedy = hint === undefined ? {} : { hint: printable(hint) };
  tellError(deps.stderr, output, { message: printable(message), ...remedy, ...facts });
  deps.exit(code);
}

/** Nothing is recorded without a name. */
export function refuseNobody(deps: Pick<ApiDeps, 'stderr' | 'exit'>, output: Connection['output']): void {
  const hint = 'Give --by <name>, or set ANDON_USER or USER.';
  refuse(deps, output, { message: 'nothing says who acts', hint }, 2);
}

async function tokenOf(
  path: string,
  readText: ApiDeps['readText'],
): Promise<
  { readonly kind: 'token'; readonly text: string } | { readonly kind: 'unreadable'; readonly message: string }
> {
  try {
    const text = (await readText(path)).trim();
    if (text !== '' && !/\s/.test(text)) return { kind: 'token', text };
    return { kind: 'unreadable', message: `the token file ${path} must hold one word and nothing else` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { kind: 'unreadable', message: `the token file ${path} cannot be read (${code})` };
  }
}

function httpUrl(text: string): string {
  if (isHttpUrl(text)) return text;
  throw new InvalidArgumentError(`Write a URL such as ${defaultUrl}.`);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
