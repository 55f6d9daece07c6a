import { Command, Option } from 'commander';
import { z } from 'zod';
import type { SendResult } from '../app/ports/channel.ts';
import type { Severity } from '../domain/service/severity.ts';
import type { ProxySettings, Settings } from '../config/settings.ts';
import {
  apiCommand,
  ask,
  byOption,
  refuse,
  refuseNobody,
  show,
  targetOf,
  type Acting,
  type ApiDeps,
} from './api-command.ts';
import { suggest } from '../config/did-you-mean.ts';
import { printableLine } from './printable.ts';
import { readSettings, type SettingsDeps } from './settings-options.ts';

export interface NotifyDeps extends ApiDeps, Pick<SettingsDeps, 'readFiles' | 'templateProblem' | 'mayBeCalled'> {
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  /** Sends a test to one channel of the settings, without a daemon. Rejects with an Error for people when the channel cannot be made. */
  readonly sendTest: (
    channel: Settings['channels'][number],
    test: {
      readonly by: string;
      readonly severity: Severity;
      readonly externalUrl?: string;
      readonly proxy?: ProxySettings;
    },
  ) => Promise<{ readonly notificationId: string; readonly result: SendResult; readonly durationMs: number }>;
  /** Failures whose message tells a person what to do. */
  readonly isForPeople: (error: unknown) => error is Error;
}

const TestWire = z.object({
  channel: z.string(),
  notificationId: z.string(),
  outcome: z.string(),
  reason: z.string().optional(),
  detail: z.string().optional(),
  durationSeconds: z.number(),
});

interface TestOptions extends Acting {
  readonly severity: Severity;
  readonly settings?: string;
}

/** Longer than a receiver may take by its channel's settings, ms. */
const waitMs = 135_000;

/** `andon notify test`: a page that says that it is a test. Ends with 0 when the receiver took it, and with 1 when not. */
export function notifyCommand(deps: NotifyDeps): Command {
  const test = apiCommand(deps, 'test', 'send a page that says that it is a test, and say what the receiver answered')
    .argument('<channel>', 'the channel')
    .addOption(
      new Option('--severity <severity>', 'what receivers that route by it take it for')
        .choices(['page', 'ticket'])
        .default('ticket'),
    )
    .option('--settings <file>', 'send it from here, with this settings file, instead of asking a running Andon')
    .addOption(byOption(deps.env))
    .action(async (channel: string, options: TestOptions) => {
      if (options.by === undefined) return refuseNobody(deps, options.output);
      if (options.settings === undefined) await askForTest(deps, channel, options, options.by);
      else await testFromHere(deps, channel, options, options.by);
    });
  return new Command('notify').description('try the channels that pages go to').addCommand(test);
}

async function askForTest(deps: NotifyDeps, channel: string, options: TestOptions, by: string): Promise<void> {
  const opened = await targetOf(deps, options);
  if (opened.kind === 'wrong') return refuse(deps, options.output, { message: opened.message }, 2);
  const path = `/api/v1/channels/${encodeURIComponent(channel)}/test`;
  const body = { by, severity: options.severity };
  const answer = await ask({ ...opened.target, timeoutMs: waitMs }, path, body, TestWire);
  if (answer.kind === 'failed') return refuse(deps, options.output, answer.fault, 1);
  tell(deps, options, answer);
}

async function testFromHere(deps: NotifyDeps, name: string, options: TestOptions, by: string): Promise<void> {
  const { output, severity } = options;
  const settings = await readSettings(deps, options, output);
  if (settings === undefined) return deps.exit(2);
  const channel = settings.channels.find((each) => each.name === name);
  if (channel === undefined) {
    const names = settings.channels.map((each) => each.name);
    const hint = suggest(name, names);
    const message = `the settings have no channel named ${JSON.stringify(name)}`;
    return refuse(deps, output, { message, ...(hint === undefined ? {} : { hint }) }, 2);
  }
  const { externalUrl, proxy } = settings;
  try {
    const test = {
      by,
      severity,
      ...(externalUrl === undefined ? {} : { externalUrl }),
      ...(proxy === undefined ? {} : { proxy }),
    };
    const { notificationId, result, durationMs } = await deps.sendTest(channel, test);
    const value = {
      channel: name,
      notificationId,
      outcome: result.kind,
      ...('reason' in result ? { reason: result.reason } : {}),
      ...('detail' in result ? { detail: result.detail } : {}),
      durationSeconds: Math.round(durationMs) / 1000,
    };
    tell(deps, options, { value, raw: value });
  } catch (error) {
    if (!deps.isForPeople(error)) throw error;
    refuse(deps, output, { message: error.message }, 2);
  }
}

function tell(
  deps: NotifyDeps,
  { output }: Pick<TestOptions, 'output'>,
  answer: { readonly value: z.infer<typeof TestWire>; readonly raw: unknown },
): void {
  show(deps, output, answer, ({ channel, outcome, reason, detail, durationSeconds }) => {
    const after = `after ${Math.round(durationSeconds * 1000)} ms`;
    if (outcome === 'accepted') return `${printableLine(`${channel} accepted the test ${after}`)}\n`;
    const why = [reason, detail].filter((each) => each !== undefined).join(': ');
    const next = outcome === 'retry' ? 'a page would be tried again' : 'a page would be lost';
    return `${printableLine(`${channel} did not take the test ${after} (${why}); ${next}`)}\n`;
  });
  deps.exit(answer.value.outcome === 'accepted' ? 0 : 1);
}
