import { z } from 'zod';
import { changeProblem } from '../change-problem.ts';
import { endpoint, json, type Answer, type Endpoint } from '../endpoint.ts';
import { hookRefusal } from '../hooks/admit-hook.ts';
import { allHooks } from '../hooks/all-hooks.ts';
import { protectionProblem } from '../hooks/answer-protection.ts';
import type { Hook } from '../hooks/hook.ts';
import type { Inbound } from '../hooks/inbound.ts';
import type { HttpParts } from '../http-parts.ts';
import { malformed, misfit, switchedOff } from '../inbound/read-body.ts';
import { problem, type Problem } from '../problem.ts';
import { told } from '../read-input.ts';
import { readToken } from '../token-file.ts';

const page = 'docs/change-reports.md';

const HookTakenWire = z
  .strictObject({
    result: z.enum(['recorded', 'unchanged', 'ignored', 'asked']).meta({
      description:
        '`unchanged`: nothing new; `ignored`: it tells of no change that is kept here; `asked`: the gate is asked, and the answer follows.',
    }),
    words: z.string(),
    change: z.string().optional().meta({ description: 'The id of the change.' }),
    service: z.string().optional(),
  })
  .meta({ id: 'HookTaken' });
type HookTakenWire = z.infer<typeof HookTakenWire>;

const Query = z.object({ token: z.string().max(1024).optional() });

type HookParts = Pick<HttpParts, 'changes' | 'protections' | 'inbound' | 'now'>;

/** Where tools post what they do, each in its own format. */
export function hookEndpoints(parts: HookParts): readonly Endpoint[] {
  return allHooks.map((hook) =>
    endpoint({
      method: 'post',
      path: hook.path,
      name: hook.name,
      summary: hook.summary,
      admits: 'signed',
      bodyLimitBytes: hook.bodyLimitBytes,
      ...(hook.proof === 'bearer-or-query' ? { query: Query } : {}),
      body: hook.body,
      answers: {
        [hook.takenStatus]: { description: 'It was taken, or tells of nothing that is kept.', schema: HookTakenWire },
        ...(hook.takenStatus === 202
          ? {}
          : { 202: { description: 'The gate is asked; or no such service is watched, and it is ignored.' } }),
        401: { description: 'It does not prove where it comes from.' },
        404: { description: 'This way in is switched off; the hint says how to switch it on.' },
        422: { description: 'A field does not fit.' },
        503: { description: 'The store could not keep it; nothing happened.' },
      },
      answer: async ({ raw, header, query }) => {
        const asked = query as z.infer<typeof Query> | undefined;
        return await answer(hook, parts, { raw, header, query: asked?.token });
      },
    }),
  );
}

interface Sent {
  readonly raw: Buffer;
  readonly query: string | undefined;
  readonly header: (name: string) => string | undefined;
}

async function answer(hook: Hook, parts: HookParts, sent: Sent): Promise<Answer> {
  const settings = parts.inbound()[hook.key];
  if (settings === undefined) return switchedOff(hook.path, hook.key, hook.example);
  const secret = await readToken(secretFileOf(settings));
  // A routing key stands in the body, which therefore has to be read before anybody is known.
  const early =
    hook.proof === 'routing-key' ? undefined : hookRefusal(hook.proof, { ...sent, routingKey: undefined }, secret);
  if (early !== undefined) return early;
  const read = readBody(hook, sent);
  if (hook.proof === 'routing-key') {
    const refused = hookRefusal(hook.proof, { ...sent, routingKey: routingKeyOf(read.json) }, secret);
    if (refused !== undefined) return read.kind === 'problem' && read.json === undefined ? read.problem : refused;
  }
  if (read.kind === 'problem') return read.problem;
  const { changes } = parts;
  const { header } = sent;
  const reading = hook.read({ body: read.body, header, now: parts.now() }, settings);
  switch (reading.kind) {
    case 'malformed':
      return misfit([reading.problem], page);
    case 'ignored':
      changes.ignored(hook.origin);
      return taken(hook.takenStatus, { result: 'ignored', words: reading.words });
    case 'protection': {
      const result = await parts.protections.ask(reading.request);
      if (result.kind !== 'asked' && result.kind !== 'known') return protectionProblem(result);
      const { deployment: change, service } = reading.request;
      if (result.kind === 'known')
        return taken(202, { result: 'unchanged', words: 'this was asked before', change, service });
      return taken(202, { result: 'asked', words: 'the gate is asked, and the answer follows', change, service });
    }
    case 'report': {
      const result = await changes.report(reading.report, hook.origin);
      const { change, service } = reading.report;
      switch (result.kind) {
        case 'recorded':
        case 'unchanged': {
          const words = result.kind === 'recorded' ? 'the change is recorded' : 'this was known';
          return taken(hook.takenStatus, { result: result.kind, words, change, service });
        }
        // A tool that reports everything would take an error for a reason to try again, or to stop.
        case 'unknown-service':
          return taken(202, { result: 'ignored', words: `no service named ${JSON.stringify(service)} is watched` });
        case 'unknown-incident':
        case 'unseen-incident':
        case 'not-a-remedy':
        case 'invalid':
        case 'not-stored':
          return changeProblem(result);
      }
    }
  }
}

function taken(status: number, body: HookTakenWire): Answer {
  return json(body, status);
}

function secretFileOf(settings: NonNullable<Inbound[keyof Inbound]>): string | undefined {
  return 'secretFile' in settings ? settings.secretFile : settings.tokenFile;
}

type ReadBody =
  | { readonly kind: 'body'; readonly body: unknown; readonly json: unknown }
  | { readonly kind: 'problem'; readonly problem: Problem; readonly json: unknown };

function readBody(hook: Hook, { raw, header }: Sent): ReadBody {
  const type = header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type))
    return { kind: 'problem', problem: wrongType(), json: undefined };
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    return { kind: 'problem', problem: malformed(page), json: undefined };
  }
  const body = hook.body.safeParse(parsed);
  if (body.success) return { kind: 'body', body: body.data, json: parsed };
  return { kind: 'problem', problem: misfit(told('body', body), page), json: parsed };
}

function routingKeyOf(body: unknown): string | undefined {
  return z.object({ routing_key: z.string() }).safeParse(body).data?.routing_key;
}

function wrongType(): Problem {
  return problem(415, {
    reason: 'not-json',
    title: 'The body is not JSON',
    detail: 'this path takes a JSON body',
    hint: 'Set the content type of the webhook to application/json.',
  });
}
