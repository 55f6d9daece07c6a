import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { changeKinds, changeOutcomes } from '../domain/change/change-event.ts';
import {
  apiCommand,
  askAndShow,
  byOption,
  refuse,
  refuseNobody,
  type Acting,
  type ApiDeps,
  type Connection,
} from './api-command.ts';
import { formatTable } from './format-table.ts';
import { formatAge } from './format-time.ts';
import type { Paint } from './paint.ts';
import { printableLine } from './printable.ts';

// Only the fields that are shown, and no unknown field refused: the daemon may be newer than this command.
const ChangeWire = z.object({
  id: z.string(),
  service: z.string(),
  version: z.string().optional(),
  outcome: z.string().optional(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  by: z.string().optional(),
  origin: z.string(),
  remedies: z.object({ incident: z.string(), by: z.string().optional() }).optional(),
});
const ChangesWire = z.object({ changes: z.array(ChangeWire) });
type ChangesWire = z.infer<typeof ChangesWire>;
const ChangeTakenWire = z.object({ result: z.string(), change: ChangeWire });
type ChangeTakenWire = z.infer<typeof ChangeTakenWire>;

const texts = [
  ['version', '<text>', 'what is deployed: a version, a tag, a commit'],
  ['before', '<text>', 'what was there before'],
  ['summary', '<text>', 'what it is, in a line'],
  ['environment', '<name>', 'where'],
  ['link', '<url>', 'where to read about it'],
  ['rollback', '<text>', 'the way back: a command, a version or a URL'],
] as const;
type Texts = Readonly<Partial<Record<(typeof texts)[number][0], string>>>;

interface RecordOptions extends Acting, Texts {
  readonly service: string;
  readonly id: string;
  readonly kind?: string;
  readonly outcome?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly remedies?: string;
  readonly reason?: string;
}

/** `andon change`: tells a running Andon of a change, and lists those that it knows. */
export function changeCommand(deps: ApiDeps): Command {
  const command = new Command('change').description('tell a running Andon of a change, and list those that it knows');
  return command.addCommand(recordCommand(deps)).addCommand(listCommand(deps));
}

function recordCommand(deps: ApiDeps): Command {
  const command = apiCommand(deps, 'record', 'tell of a change, as often as something about it is news')
    .requiredOption('--service <name>', 'the service that is changed')
    .requiredOption('--id <id>', 'your id of the change; every further report about it bears the same')
    .addOption(new Option('--kind <kind>', 'what is changed (default: deployment)').choices(changeKinds))
    .addOption(new Option('--outcome <outcome>', 'how it ended').choices(changeOutcomes))
    .option('--started-at <time>', 'when it began, such as 2026-08-22T02:07:11Z (default: now)')
    .option('--finished-at <time>', 'when it was over (default: now, with an outcome)')
    .option('--remedies <incident>', 'it mends this incident and must pass; with --reason')
    .option('--reason <text>', 'why it remedies the incident')
    .addOption(byOption(deps.env));
  for (const [name, value, description] of texts) command.option(`--${name} ${value}`, description);
  return command.action(async (options: RecordOptions) => {
    const { output, service, id, by, kind, outcome, startedAt, finishedAt, remedies: incident, reason } = options;
    if ((incident === undefined) !== (reason === undefined)) {
      const hint = 'Say which incident the change mends, and why.';
      return refuse(deps, output, { message: '--remedies and --reason belong together', hint }, 2);
    }
    if (incident !== undefined && by === undefined) return refuseNobody(deps, output);
    const said = texts.flatMap(([name]) => (options[name] === undefined ? [] : [[name, options[name]] as const]));
    const body = {
      change: id,
      service,
      ...Object.fromEntries(said),
      ...(kind === undefined ? {} : { kind }),
      ...(by === undefined ? {} : { by }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(finishedAt === undefined ? {} : { finishedAt }),
      ...(incident === undefined ? {} : { remedies: { incident, by, reason } }),
    };
    await askAndShow(deps, options, '/api/v1/changes', body, ChangeTakenWire, taken);
  });
}

function listCommand(deps: ApiDeps): Command {
  return apiCommand(deps, 'list', 'list changes, newest first; without a service, those of all')
    .argument('[service]', 'the service')
    .addOption(new Option('--limit <count>', 'at most so many, up to 500').argParser(listLimit).default('20'))
    .action(async (service: string | undefined, options: Connection & { readonly limit: string }) => {
      const asked = new URLSearchParams({ limit: options.limit, ...(service === undefined ? {} : { service }) });
      await askAndShow(deps, options, `/api/v1/changes?${asked.toString()}`, undefined, ChangesWire, table);
    });
}

function taken({ result, change }: ChangeTakenWire): string {
  const { id, service, outcome, finishedAt, remedies } = change;
  const stands = outcome ?? (finishedAt === undefined ? 'under way' : 'over');
  const mends = remedies === undefined ? '' : `, as a remedy of ${remedies.incident}`;
  const what = result === 'unchanged' ? 'was known, and nothing about it is news' : `is recorded${mends}`;
  return `${printableLine(`the change ${id} of ${service} (${stands}) ${what}`)}\n`;
}

function table({ changes }: ChangesWire, now: number, paint: Paint, width?: number): string {
  if (changes.length === 0) return 'Andon knows of no change.\n';
  const rows = changes.map(({ id, service, version = '', outcome, finishedAt, startedAt, by, remedies, origin }) => [
    id,
    service,
    version,
    formatAge(startedAt, now),
    outcome ?? (finishedAt === undefined ? 'under way' : 'over'),
    // Through the gate of a fix nobody is named but who answers for it.
    by ?? remedies?.by ?? '',
    origin,
  ]);
  return formatTable(
    ['ID', 'SERVICE', 'VERSION', 'BEGAN', 'OUTCOME', 'BY', 'FROM'].map((head) => ({
      head: paint.bold(head),
      whole: head === 'ID',
    })),
    rows.map((row) => row.map(printableLine)),
    width,
  );
}

function listLimit(text: string): string {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 500) return text;
  throw new InvalidArgumentError('Write a number from 1 to 500.');
}
