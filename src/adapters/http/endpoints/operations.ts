import { z } from 'zod';
import type { ReloadFailureReason } from '../../../app/views/status-view.ts';
import { endpoint, json, text, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';
import { StatusWire, toStatusWire } from '../wire/status.ts';

const ReadyWire = z.strictObject({ ready: z.literal(true) }).meta({ id: 'Ready' });
const ReloadedWire = z
  .strictObject({
    reloaded: z.literal(true),
    atNextStart: z
      .array(z.string())
      .meta({ description: 'What was changed in the settings and takes effect at the next start.' }),
  })
  .meta({ id: 'Reloaded' });

const refusals = {
  'settings-refused': 'The settings have problems',
  'rules-refused': 'The rule files have problems',
  'not-taken-over': 'Settings and rule files could not be taken over',
} as const satisfies Record<ReloadFailureReason, string>;

/** What operators and their tools ask: is it alive, is it ready, how is it, take the new rules. */
export function operationEndpoints(parts: HttpParts): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/-/healthy',
      name: 'getHealthy',
      summary: 'Whether the process answers',
      answers: { 200: { description: 'It does.', contentType: 'text/plain' } },
      answer: () => text('Andon is healthy.\n'),
    }),
    endpoint({
      method: 'get',
      path: '/-/ready',
      name: 'getReady',
      summary: 'Whether Andon can be relied on yet',
      answers: {
        200: { description: 'Every service has been evaluated.', schema: ReadyWire },
        503: { description: 'Not yet; `problems` says why.' },
      },
      answer: () => {
        const { ready, reasons } = parts.readiness();
        if (ready) return json({ ready: true });
        return problem(503, {
          reason: 'not-ready',
          title: 'Not ready yet',
          detail: reasons.join('; ') || 'Andon is starting',
          hint: 'Wait; GET /api/v1/status shows what each source answered.',
          problems: reasons,
        });
      },
    }),
    endpoint({
      method: 'post',
      path: '/-/reload',
      name: 'reload',
      summary: 'Read settings and rule files again',
      answers: {
        200: { description: 'The new settings and rules run.', schema: ReloadedWire },
        422: { description: 'The files have problems; everything runs as before. `reason` says which files.' },
      },
      answer: async () => {
        const result = await parts.reload();
        if (result.ok) return json({ reloaded: true, atNextStart: result.atNextStart });
        return problem(422, {
          reason: result.reason,
          title: refusals[result.reason],
          detail: `${result.diagnostics.length} found; everything runs as before`,
          hint: 'Mend what `problems` lists, try it with `andon check`, and reload again.',
          problems: result.diagnostics,
        });
      },
    }),
    endpoint({
      method: 'get',
      path: '/metrics',
      name: 'getMetrics',
      summary: "Andon's own metrics, in the Prometheus text format",
      answers: { 200: { description: 'The metrics; docs/metrics.md explains each.', contentType: 'text/plain' } },
      answer: async () => {
        const { contentType, body } = await parts.scrape();
        return text(body, contentType);
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/status',
      name: 'getStatus',
      summary: 'Version, rules, store, sources and channels',
      answers: { 200: { description: "The daemon's own state.", schema: StatusWire } },
      answer: () => json(toStatusWire(parts.status(), parts.readiness())),
    }),
  ];
}
