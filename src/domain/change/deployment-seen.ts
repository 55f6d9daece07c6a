import type { ChangeReport } from './change-event.ts';

/** Where a service is deployed, as the metrics of kube-state-metrics name it. */
export interface DeploymentPlace {
  readonly namespace: string;
  readonly deployment: string;
  /** Further labels that its series bear, such as the cluster. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What its metrics showed at one instant, ms on the source's clock. */
export interface DeploymentLook {
  readonly at: number;
  readonly generation?: number;
  /** Of the pod template: each template, even one that comes back, has a revision of its own. */
  readonly revision?: number;
  /** Its replica sets that are to have pods. */
  readonly running: readonly string[];
  /** Whether every pod there is to be is of the newest template, and there. */
  readonly isComplete?: boolean;
}

/** What is remembered from one look to the next. */
export interface DeploymentSeen {
  /** The pod template: `revision 7`, or the name of its replica set. */
  readonly template: string;
  /** The replica sets that were to have pods; absent where only the template is known. */
  readonly running?: readonly string[];
  /** The change that is under way. */
  readonly underWay?: string;
}

/** What a look tells of changes; the service is for whoever looked to say. */
export type SeenReport = Omit<ChangeReport, 'service'>;

/**
 * Tells a new pod template from everything else that a deployment goes through: scaling changes its generation and its
 * replicas, and is no change. The first look only learns what is there.
 */
export function seeDeployment(
  seen: DeploymentSeen | undefined,
  look: DeploymentLook,
  place: DeploymentPlace,
): { readonly seen: DeploymentSeen | undefined; readonly reports: readonly SeenReport[] } {
  const template = templateOf(look, seen);
  if (template === undefined) return { seen, reports: [] };
  const { at } = look;
  const running = look.running.length > 0 ? look.running : seen?.running;
  const settled = { template, ...(running === undefined ? {} : { running }) };
  if (seen === undefined || isRevision(seen.template) !== isRevision(template)) return { seen: settled, reports: [] };
  const isOver = look.isComplete === true && look.running.length <= 1;
  const end = { finishedAt: at, outcome: 'succeeded' } as const;
  const { underWay } = seen;
  if (seen.template === template) {
    if (underWay === undefined) return { seen: settled, reports: [] };
    if (!isOver) return { seen: { ...settled, underWay }, reports: [] };
    return { seen: settled, reports: [{ change: underWay, ...end }] };
  }
  const change = changeIdOf(place, template, look);
  const begun = { change, version: template, before: seen.template, startedAt: at };
  // One that another overtook is over, and nobody saw it succeed.
  const overtaken = underWay === undefined ? [] : [{ change: underWay, finishedAt: at }];
  return isOver
    ? { seen: settled, reports: [...overtaken, { ...begun, ...end }] }
    : { seen: { ...settled, underWay: change }, reports: [...overtaken, begun] };
}

/** The newest pod template; undefined while nobody can tell. */
function templateOf({ revision, running }: DeploymentLook, seen: DeploymentSeen | undefined): string | undefined {
  if (revision !== undefined) return `revision ${revision}`;
  if (seen === undefined) return running.length === 1 ? running[0] : undefined;
  const { template } = seen;
  // Its revisions were told before: they will be told again.
  if (isRevision(template)) return undefined;
  if (running.length === 0) return template;
  const before = seen.running ?? (running.includes(template) ? running : [template]);
  const newcomers = running.filter((name) => !before.includes(name));
  if (newcomers.length > 0) return newcomers.length === 1 ? newcomers[0] : undefined;
  // A change that is taken back before it is through leaves the replica set of before.
  return running.length === 1 ? running[0] : template;
}

function isRevision(template: string): boolean {
  return template.startsWith('revision ');
}

/** The same at every look at the same change: a replica set that comes back is told from before by the generation. */
function changeIdOf({ namespace, deployment }: DeploymentPlace, template: string, look: DeploymentLook): string {
  const which = isRevision(template)
    ? template.slice('revision '.length)
    : `${template.startsWith(`${deployment}-`) ? template.slice(deployment.length + 1) : template}-${look.generation ?? 0}`;
  return `${namespace}/${deployment}@${which}`;
}
