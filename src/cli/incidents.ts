import { Command, InvalidArgumentError, Option } from 'commander';
import {
  apiCommand,
  askAndShow,
  byOption,
  refuseNobody,
  type Acting,
  type ApiDeps,
  type Connection,
} from './api-command.ts';
import { IncidentRecordWire, IncidentsWire, IncidentWire } from './incident-wire.ts';
import { printableLine } from './printable.ts';
import { renderIncident } from './render-incident.ts';
import { renderIncidents } from './render-incidents.ts';

/** `andon incidents`: what happened and what people add to it, by the API of a running daemon. */
export function incidentsCommand(deps: ApiDeps): Command {
  const subcommand = (name: string, description: string): Command => apiCommand(deps, name, description);
  const by = (): Option => byOption(deps.env);

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
      await askAndShow(
        deps,
        options,
        `/api/v1/incidents?${asked.toString()}`,
        undefined,
        IncidentsWire,
        renderIncidents,
      );
    });

  const show = subcommand('show', 'show one incident with its timeline')
    .argument('<id>', 'the incident', incidentId)
    .action(async (id: string, options: Connection) => {
      await askAndShow(deps, options, pathOf(id), undefined, IncidentRecordWire, renderIncident);
    });

  const acknowledge = subcommand('acknowledge', 'say that a person is on it; a second time changes nothing')
    .alias('ack')
    .argument('<id>', 'the incident', incidentId)
    .addOption(by())
    .option('--note <text>', 'what to add to the timeline')
    .action(async (id: string, options: Acting & { note?: string }) => {
      if (options.by === undefined) return refuseNobody(deps, options.output);
      const body = { by: options.by, ...(options.note === undefined ? {} : { note: options.note }) };
      await askAndShow(deps, options, `${pathOf(id)}/acknowledge`, body, IncidentWire, (incident) =>
        acknowledgedText(incident, body.by),
      );
    });

  const note = subcommand('note', 'write a note into the timeline')
    .argument('<id>', 'the incident', incidentId)
    .argument('<text...>', 'the note')
    .addOption(by())
    .action(async (id: string, words: string[], options: Acting) => {
      if (options.by === undefined) return refuseNobody(deps, options.output);
      const body = { by: options.by, note: words.join(' ') };
      await askAndShow(deps, options, `${pathOf(id)}/notes`, body, IncidentWire, ({ id }) =>
        printableLine(`the note is in the timeline of ${id}`).concat('\n'),
      );
    });

  const close = subcommand('close', 'close an incident that nothing else can close: unwatched, or blind')
    .argument('<id>', 'the incident', incidentId)
    .requiredOption('--because <text>', 'why it is over')
    .addOption(by())
    .action(async (id: string, options: Acting & { because: string }) => {
      if (options.by === undefined) return refuseNobody(deps, options.output);
      const body = { by: options.by, because: options.because };
      await askAndShow(deps, options, `${pathOf(id)}/close`, body, IncidentWire, ({ id }) =>
        printableLine(`${id} is closed; that service is back was not seen by Andon`).concat('\n'),
      );
    });

  const command = new Command('incidents').description(
    'see incidents of a running Andon, acknowledge them, add notes, close what nothing else can close',
  );
  for (const each of [list, show, acknowledge, note, close]) command.addCommand(each);
  return command;
}

/** Who has it in hands; of one that another one's page tells of, that it is that one which stops the reminders. */
function acknowledgedText({ id, acknowledgedBy, groupedUnder }: IncidentWire, by: string): string {
  const told = printableLine(`${id} is acknowledged by ${acknowledgedBy ?? by}`).concat('\n');
  if (groupedUnder === undefined) return told;
  const lead = printableLine(groupedUnder);
  return `${told}  The page is that of ${lead}, which this does not acknowledge: andon incidents acknowledge ${lead}\n`;
}

function incidentId(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Name an incident; `andon incidents list` shows their ids.');
}

function pathOf(id: string): string {
  return `/api/v1/incidents/${encodeURIComponent(id)}`;
}

function listLimit(text: string): string {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 500) return text;
  throw new InvalidArgumentError('Write a number from 1 to 500.');
}
