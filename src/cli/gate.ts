import { InvalidArgumentError, Option, type Command } from 'commander';
import type { z } from 'zod';
import type { Clock } from '../app/ports/clock.ts';
import { parseDuration } from '../domain/text/duration.ts';
import {
  apiCommand,
  ask,
  askAndShow,
  byOption,
  refuse,
  refuseNobody,
  show,
  targetOf,
  type Acting,
  type ApiDeps,
} from './api-command.ts';
import type { ApiTarget } from './api-client.ts';
import { patientGate, type AskGate, type Watched } from './ask-gate.ts';
import { ChangeTakenWire, GatesWire, GateWire } from './gate-wire.ts';
import { gateLine, renderGate, renderGates } from './render-gate.ts';
import { printableLine } from './printable.ts';

/** What `andon gate` needs from the outside. */
export interface GateDeps extends ApiDeps {
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
}

interface GateOptions extends Acting {
  readonly change?: string;
  /** ms. */
  readonly wait: number;
  readonly every: number;
  readonly remedies?: string;
  readonly reason?: string;
}

const exitCodes = `
Exit codes:
  0  go: ship (pass or warn; a list of gates also ends with 0)
  1  abort: do not ship, or roll back (stop)
  2  wrong usage
  3  wait: hold, or unknown, and still so when --wait ran out
  4  no answer: no daemon answers, or it refuses

A service's policy says what an unknown comes to: wait unless it says otherwise. A service that Andon does not know ends with
3 at once, whatever --wait says. Whoever claims --remedies in vain reads why on standard error, and the gate answers as for
any change.`;

/** `andon gate`: asks whether a change may ship, as an exit code. */
export function gateCommand(deps: GateDeps): Command {
  return apiCommand(deps, 'gate', 'ask whether changes to a service may ship; without a service, list all gates')
    .argument('[service]', 'the service')
    .option('--change <id>', 'the change that asks')
    .addOption(
      new Option('--wait <time>', 'while the answer is to wait, ask again for so long')
        .argParser(duration('10m', 0))
        .default(0, 'not at all'),
    )
    .addOption(
      new Option('--every <time>', 'how often to ask again').argParser(duration('5s', 1000)).default(5000, '5s'),
    )
    .option('--remedies <incident>', 'the change mends this incident and must pass; with --change and --reason')
    .option('--reason <text>', 'why the change remedies the incident')
    .addOption(byOption(deps.env))
    .addHelpText('after', exitCodes)
    .action(async (service: string | undefined, options: GateOptions) => {
      if (service !== undefined) return await askOne(deps, service, options);
      if (options.change !== undefined || options.remedies !== undefined || options.wait > 0)
        return refuse(deps, options.output, { message: 'name the service whose gate is asked' }, 2);
      const exit = (code: number): void => {
        deps.exit(code === 1 ? 4 : code);
      };
      await askAndShow({ ...deps, exit }, options, '/api/v1/gate', undefined, GatesWire, renderGates);
    });
}

async function askOne(deps: GateDeps, service: string, options: GateOptions): Promise<void> {
  const { output, change, remedies, reason, by } = options;
  const wrong = (message: string, hint: string): void => {
    refuse(deps, output, { message, hint }, 2);
  };
  if (remedies !== undefined && (change === undefined || reason === undefined))
    return wrong('--remedies needs --change and --reason', 'Say which change mends the incident, and why.');
  if (remedies === undefined && reason !== undefined)
    return wrong('--reason is the reason of --remedies', 'To pass whatever the gate says: andon override.');
  if (remedies !== undefined && by === undefined) return refuseNobody(deps, output);
  const opened = await targetOf(deps, options);
  if (opened.kind === 'wrong') return refuse(deps, output, { message: opened.message }, 2);
  const { target } = opened;
  const report = remedies === undefined ? undefined : { change, service, remedies: { incident: remedies, by, reason } };
  const answer = await patientGate(
    deps.clock,
    askGate(target, service, change, report, (words) => deps.stderr.write(note(words, output))),
    {
      waitMs: options.wait,
      everyMs: options.every,
      onChange: (seen) => {
        deps.stderr.write(progress(seen, output));
      },
    },
  );
  // What the daemon finds wrong with the report is wrong with the options.
  if (answer.kind === 'failed') return refuse(deps, output, answer.fault, isWrongUsage(answer.fault.status) ? 2 : 4);
  if (answer.value.reason === 'unknown-service') deps.stderr.write(note(answer.value.words, output));
  show(deps, output, answer, renderGate);
  deps.exit({ go: 0, abort: 1, wait: 3 }[answer.value.action]);
}

/** A claim that is not believed makes a change one like any other: its gate is asked all the same. */
const unbelieved: readonly (string | undefined)[] = ['unknown-incident', 'unseen-incident', 'not-a-remedy'];

/** The report goes first and once: the gate lets a remedy pass because it knows it. */
function askGate(
  target: ApiTarget,
  service: string,
  change: string | undefined,
  report: unknown,
  onNote: (words: string) => void,
): AskGate {
  let reported = report === undefined;
  const query = change === undefined ? '' : `?${new URLSearchParams({ change }).toString()}`;
  return async () => {
    if (!reported) {
      const taken = await ask(target, '/api/v1/changes', report, ChangeTakenWire);
      if (taken.kind === 'failed' && !unbelieved.includes(taken.fault.reason)) return taken;
      if (taken.kind === 'failed') onNote(`${taken.fault.message}; the gate is asked as for any change`);
      reported = true;
    }
    return await ask<typeof GateWire>(
      target,
      `/api/v1/gate/${encodeURIComponent(service)}${query}`,
      undefined,
      GateWire,
    );
  };
}

function progress(seen: Watched, output: GateOptions['output']): string {
  if (output === 'json')
    return `${JSON.stringify({ waiting: seen.kind === 'ok' ? shortly(seen.value) : seen.fault })}\n`;
  return seen.kind === 'ok' ? gateLine(seen.value) : `${printableLine(seen.fault.message)}; asking again\n`;
}

function note(words: string, output: GateOptions['output']): string {
  return output === 'json' ? `${JSON.stringify({ note: words })}\n` : `${printableLine(words)}\n`;
}

function shortly({ service, state, action, reason, words, decidedAt }: z.infer<typeof GateWire>) {
  return { service, state, action, reason, words, decidedAt };
}

function isWrongUsage(status: number | undefined): boolean {
  return status === 400 || status === 404 || status === 409 || status === 422;
}

function duration(example: string, leastMs: number): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms >= leastMs) return ms;
    const least = leastMs === 0 ? '' : ', at least 1s';
    throw new InvalidArgumentError(`Write a duration such as ${example}${least}.`);
  };
}
