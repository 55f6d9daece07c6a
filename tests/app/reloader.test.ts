import { expect, test } from '@jest/globals';
import type { Configured, LoadedConfiguration, StandIn } from '../../src/app/ports/configuration.ts';
import { silentLog } from '../../src/app/ports/log.ts';
import { Reloader } from '../../src/app/reloader.ts';
import { StatusBoard } from '../../src/app/views/status-board.ts';

const configured: Configured = { services: [], sources: [], channels: [], staleAfterMs: 1 };
const standIn: StandIn = { kind: 'kept-rules', problems: ['a.yaml:1:1: no'], leftOut: ['cart'] };

test('what stands in for bad rule files does so until mended ones have really been taken over', async () => {
  const status = new StatusBoard('test', 0);
  let mayUse = true;
  const reloader = new Reloader({
    configuration: {
      load: (occasion): Promise<LoadedConfiguration> =>
        Promise.resolve({
          kind: 'loaded',
          configured,
          warnings: [],
          atNextStart: [],
          ...(occasion === 'start' ? { standIn } : {}),
        }),
      taken: () => Promise.resolve(),
      watch: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    clock: { now: () => 0 },
    log: silentLog,
    telemetry: { reloadFinished: () => undefined },
    status,
    use: () => (mayUse ? Promise.resolve() : Promise.reject(new Error('the disk is full'))),
    stop: new AbortController().signal,
  });
  const shown = () => status.view([], { degraded: false }).reload;
  await reloader.start();
  mayUse = false;
  expect(await reloader.reload()).toMatchObject({ ok: false, reason: 'not-taken-over' });
  expect(reloader.leftOut).toEqual(['cart']);
  expect(shown().standIn).toEqual(standIn);
  mayUse = true;
  expect(await reloader.reload()).toMatchObject({ ok: true });
  expect(reloader.leftOut).toEqual([]);
  expect(shown()).not.toHaveProperty('standIn');
});
