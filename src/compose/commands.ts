import { readFile, writeFile } from 'node:fs/promises';
import fetch from 'node-fetch';
import manifest from '../../package.json' with { type: 'json' };
import { systemClock } from '../adapters/clock/system-clock.ts';
import { readRuleFiles } from '../adapters/files/rule-files.ts';
import { writeFiles } from '../adapters/files/write-files.ts';
import { AddressGuard } from '../adapters/channels/posting/address-guard.ts';
import { checkTemplate } from '../adapters/channels/template/template.ts';
import type { startAndon } from '../compose.ts';
import type { sendTest as sendTestTo } from './send-test.ts';
import { findFileFault } from './find-file-fault.ts';
import { keepHeapSmall } from './keep-heap-small.ts';
import { composeSource } from './parts.ts';

/** Everything the commands need from the adapters, in one place. */
export function composeCommands() {
  return {
    version: manifest.version,
    clock: systemClock,
    fetch,
    now: () => systemClock.now(),
    readFiles: readRuleFiles,
    writeFiles,
    readText: async (path: string) => await readFile(path, 'utf8'),
    writeText: async (path: string, text: string) => {
      await writeFile(path, text);
    },
    templateProblem: checkTemplate,
    mayBeCalled: (hostname: string, allowed: readonly string[], denied: readonly string[]) =>
      new AddressGuard(allowed, denied).allowsHost(hostname),
    findFileFault,
    inspector: composeSource,
    openSource: composeSource,
    // The daemon with its server, store and metrics is half of all there is to load, and only `run` needs it.
    start: async (...given: Parameters<typeof startAndon>) => {
      keepHeapSmall();
      const daemon = await import('../compose.ts');
      return await daemon.startAndon(...given);
    },
    sendTest: async (...given: Parameters<typeof sendTestTo>) => {
      const sending = await import('./send-test.ts');
      return await sending.sendTest(...given);
    },
    isForPeople,
  };
}

/** By name, because the classes would bring the daemon along. */
const forPeople = new Set(['SettingsError', 'StoreError', 'ConfigurationRefusedError', 'HttpListenError']);

/** Failures whose message tells a person what to do; any other is a bug. */
function isForPeople(error: unknown): error is Error {
  return error instanceof Error && forPeople.has(error.name);
}
