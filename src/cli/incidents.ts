import { Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { askApi, strange, type ApiAnswer, type Fetch } from './api-client.ts';
import { IncidentRecordWire, IncidentsWire, IncidentWire } from './incident-wire.ts';
import { paintFor, type Paint } from './paint.ts';
import { printable, printableLine } from './printable.ts';
import { renderIncident } from './render-incident.ts';
import { renderIncidents } from './render-incidents.ts';
import { tellError, type CommandFault } from './tell-error.ts';
import { terminalWidth } from './terminal-width.ts';

/** What `andon incidents` needs from the outside. */
export interface IncidentsDeps {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: Fetch;
  readonly readText: (path: string) => Promise<string>;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
  /** Sets the exit code: 0 done, 1 no daemon answers or it refuses, 2 wrong usage. */
  readonly exit: (code: 0 | 1 | 2) => void;
}

interface Acting extends Connection {
  /** Absent when nothing says who acts. */
  readonly by?: string;
}

interface Connection {
  readonly url: string;
  readonly tokenFile?: string;
  readonly output: 'text' | 'json';
}

const defaultUrl = 'http://127.0.0.1:9655';

/** `andon incidents`: what happened and what people add to it, by the API of a running daemon. */
export function incidentsCommand(deps: IncidentsDeps): Command {
  const subcommand = (name: string, description: string): Command =>
    new Command(name)
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
  const by = (): Option => {
    const user = deps.env['ANDON_USER'] || deps.env['USER'];
    const option = new Option('--by <name>', 'who acts (or ANDON_USER, USER)');
    return user === undefined || user === '' ? option : option.default(user);
  };

  const list = subcommand('list', 'list incidents, newest first')
    .option('--service <name>', 'only of this service')
    .addOption(new Option('--phase <phase>', 'only in this phase').choices(['open', 'watching', 'closed']))
    .addOption(new Option('--limit <count>', 'at most so many, up to 500').argParser(listLimit).default(50))
    .option('--before <id>', 'only those that opened before this one')
    .action(async (options: Connection & Record<'service' | 'phase' | 'limit' | 'before', string | undefined>) => {
      const asked = new URLSearchParams();
      for (const name of ['service', 'phase', 'limit', 'before'] as const) {
        if (options[name] !== undefined) asked.set(name, options[name]);
      }
      await run(deps, options, `/api/v1/incidents?${asked.toString()}`, undefined, IncidentsWire, renderIncidents);
    });

  const show = subcommand('show', 'show one incident with its timeline')
    .argument('<id>', 'the incident', incidentId)
    .action(async (id: string, options: Connection) => {
      await run(deps, options, pathOf(id), undefined, IncidentRecordWire, renderIncident);
    });

  const acknowledge = subcommand('acknowledge', 'say that a person is on it; a second time changes nothing')
    .alias('ack')
    .argument('<id>', 'the incident', incidentId)
    .addOption(by())
    .option('--note <text>', 'what to add to the timeline')
    .action(async (id: string, options: Acting & { note?: string }) => {
      if (options.by === undefined) return nobody(deps, options);
      const body = { by: options.by, ...(options.note === undefined ? {} : { note: options.note }) };
      await run(deps, options, `${pathOf(id)}/acknowledge`, body, IncidentWire, ({ id, acknowledgedBy }) =>
        printableLine(`${id} is acknowledged by ${acknowledgedBy ?? body.by}`).concat('\n'),
      );
    });

  const note = subcommand('note', 'write a note into the timeline')
    .argument('<id>', 'the incident', incidentId)
    .argument('<text...>', 'the note')
    .addOption(by())
    .action(async (id: string, words: string[], options: Acting) => {
      if (options.by === undefined) return nobody(deps, options);
      const body = { by: options.by, note: words.join(' ') };
      await run(deps, options, `${pathOf(id)}/notes`, body, IncidentWire, ({ id }) =>
        printableLine(`the note is in the timeline of ${id}`).concat('\n'),
      );
    });

  const close = subcommand('close', 'close an incident that nothing else can close: unwatched, or blind')
    .argument('<id>', 'the incident', incidentId)
    .requiredOption('--because <text>', 'why it is over')
    .addOption(by())
    .action(async (id: string, options: Acting & { because: string }) => {
      if (options.by === undefined) return nobody(deps, options);
      const body = { by: options.by, because: options.because };
      await run(deps, options, `${pathOf(id)}/close`, body, IncidentWire, ({ id }) =>
        printableLine(`${id} is closed; that service is back was not seen by Andon`).concat('\n'),
      );
    });

  const command = new Command('incidents').description(
    'see incidents of a running Andon, acknowledge them, add notes, close what nothing else can close',
  );
  for (const each of [list, show, acknowledge, note, close]) command.addCommand(each);
  return command;
}

/** Asks, and shows the answer as it came (json) or as people read it (text). */
async function run<T extends z.ZodType>(
  deps: IncidentsDeps,
  { url, tokenFile, output }: Connection,
  path: string,
  body: unknown,
  schema: T,
  render: (answer: z.infer<T>, now: number, paint: Paint, width: number | undefined) => string,
): Promise<void> {
  const refuse = (fault: CommandFault | string, code: 1 | 2): void => {
    const { message, hint, ...facts } = typeof fault === 'string' ? { message: fault } : fault;
    const remedy = hint === undefined ? {} : { hint: printable(hint) };
    tellError(deps.stderr, output, { message: printable(message), ...remedy, ...facts });
    deps.exit(code);
  };
  // An address from the environment has passed no parser.
  if (!isHttpUrl(url)) return refuse(`ANDON_URL is no URL; write for instance ${defaultUrl}`, 2);
  const file = tokenFile ?? deps.env['ANDON_TOKEN_FILE'];
  const token = file === undefined || file === '' ? undefined : await tokenOf(file, deps.readText);
  if (token?.kind === 'unreadable') return refuse(token.message, 2);
  const target = { url, fetch: deps.fetch, ...(token === undefined ? {} : { token: token.text }) };
  const answer = await askApi(target, path, body);
  const shown = answer.kind === 'ok' ? schema.safeParse(answer.body) : undefined;
  if (answer.kind !== 'ok' || shown?.success !== true) return refuse(faultOf(answer, url), 1);
  const text =
    output === 'json'
      ? `${JSON.stringify(answer.body, undefined, 2)}\n`
      : render(shown.data, deps.now(), paintFor(deps.stdout, deps.env), terminalWidth(deps.stdout));
  deps.stdout.write(text);
  deps.exit(0);
}

function nobody(deps: IncidentsDeps, { output }: Connection): void {
  tellError(deps.stderr, output, {
    message: 'nothing says who acts',
    hint: 'Give --by <name>, or set ANDON_USER or USER.',
  });
  deps.exit(2);
}

function faultOf(answer: ApiAnswer, url: string): CommandFault {
  return answer.kind === 'failed' ? answer.fault : strange(url, 'its answer has another shape');
}

async function tokenOf(
  path: string,
  readText: IncidentsDeps['readText'],
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

function incidentId(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Name an incident; `andon incidents list` shows their ids.');
}

function pathOf(id: string): string {
  return `/api/v1/incidents/${encodeURIComponent(id)}`;
}

function httpUrl(text: string): string {
  if (isHttpUrl(text)) return text;
  throw new InvalidArgumentError(`Write a URL such as ${defaultUrl}.`);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

function listLimit(text: string): string {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 500) return text;
  throw new InvalidArgumentError('Write a number from 1 to 500.');
}
