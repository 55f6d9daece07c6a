import { z } from 'zod';
import { ignored, kib, type Hook, type HookMessage } from './hook.ts';
import { fitting, loose, looseTime } from './hook-fields.ts';
import { leftOut, serviceNamed } from './inbound.ts';

const Context = z.object({
  id: z.string().min(1).max(200),
  type: z.string(),
  source: loose,
  timestamp: looseTime,
  chainId: loose,
});

const Subject = z.object({
  id: z.string().min(1).max(253),
  content: z
    .object({ environment: z.object({ id: loose }).nullish(), artifactId: loose, user: loose, uri: loose })
    .nullish(),
});

/** A CDEvent, bare or as the data of a CloudEvent; binary CloudEvents have their context in headers. */
const CdEventBody = z.object({
  id: loose,
  type: loose,
  time: looseTime,
  data: z.object({ context: Context.partial().optional(), subject: Subject.optional() }).optional(),
  context: Context.partial().optional(),
  subject: z.union([Subject, z.string()]).optional(),
});
type CdEventBody = z.infer<typeof CdEventBody>;

const predicates = { deployed: 'succeeded', upgraded: 'succeeded', rolledback: 'rolled-back' } as const;

/** CDEvents of services: each tells of a deployment that is done, or of one that was taken back. */
export const cdEventsHook: Hook<CdEventBody> = {
  origin: 'cdevents',
  key: 'cdevents',
  example: 'cdevents: { tokenFile: /run/secrets/cdevents-token }',
  path: '/api/v1/hooks/cdevents',
  name: 'hookCdEvents',
  summary: 'CDEvents `service.deployed`, `service.upgraded` and `service.rolledback`; others are ignored',
  proof: 'bearer-or-query',
  bodyLimitBytes: 256 * kib,
  body: CdEventBody,
  takenStatus: 202,
  read(message, naming) {
    const { type, id, chainId, timestamp, subject } = unwrap(message);
    if (type === undefined || id === undefined)
      return { kind: 'malformed', problem: 'body.context: `id` or `type` is missing, and no CloudEvent has them' };
    const predicate = /^dev\.cdevents\.service\.([a-z]+)(?:\.|$)/.exec(type)?.[1];
    if (predicate === undefined || !Object.hasOwn(predicates, predicate))
      return ignored('only service.deployed, service.upgraded and service.rolledback tell of changes');
    if (id.length > 200) return { kind: 'malformed', problem: 'body.context.id: must have at most 200 characters' };
    if (subject === undefined) return { kind: 'malformed', problem: 'body.subject: is missing' };
    const { environment, artifactId, user } = subject.content ?? {};
    const where = environment?.id;
    const left = leftOut(naming, where);
    if (left !== undefined) return ignored(left);
    const names = where === undefined ? [subject.id] : [`${where}/${subject.id}`, subject.id];
    const outcome = predicates[predicate as keyof typeof predicates];
    const at = timestamp;
    return {
      kind: 'report',
      report: {
        // Events of one chain are about one change, which may go from environment to environment.
        change: `cdevents-${chainId === undefined ? id : [chainId, where ?? []].flat().join('-')}`,
        service: serviceNamed(naming, names, subject.id.split('/').at(-1) ?? subject.id),
        ...fitting({
          // What a service was taken back to is not what the change deployed.
          version: outcome === 'succeeded' ? versionIn(artifactId) : undefined,
          summary: outcome === 'succeeded' || artifactId === undefined ? undefined : `rolled back to ${artifactId}`,
          environment: where,
          by: user,
        }),
        outcome,
        ...(at === undefined ? {} : { saidAt: at, finishedAt: at }),
      },
    };
  },
};

/** The same facts, however the event is wrapped. */
function unwrap({ body, header }: HookMessage<CdEventBody>) {
  const inner = body.data ?? { context: body.context, subject: body.subject };
  const { context = {}, subject } = inner;
  const sentAt = header('ce-time');
  const headerTime = sentAt === undefined ? Number.NaN : Date.parse(sentAt);
  return {
    type: header('ce-type') ?? context.type ?? body.type,
    id: context.id ?? header('ce-id') ?? body.id,
    chainId: context.chainId,
    timestamp: context.timestamp ?? body.time ?? (Number.isFinite(headerTime) ? headerTime : undefined),
    subject: typeof subject === 'string' ? undefined : subject,
  };
}

/** `v42` in `pkg:oci/checkout@sha256%3A…?tag=v42`; without a tag the digest or version, and else the whole text. */
function versionIn(artifact: string | undefined): string | undefined {
  if (artifact === undefined || !artifact.startsWith('pkg:')) return artifact;
  const [path = '', query = ''] = artifact.split('?', 2);
  const tag = new URLSearchParams(query.split('#')[0]).get('tag');
  const version = path.split('#')[0]?.split('@').at(1);
  try {
    return tag ?? (version === undefined ? artifact : decodeURIComponent(version));
  } catch {
    return artifact;
  }
}
