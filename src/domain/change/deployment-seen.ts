import { compactUtc } from '../text/utc.ts';
import type { ChangeReport } from './change-event.ts';

/** Where a service is deployed, as the metrics of kube-state-metrics name it. */
export interface DeploymentPlace {
  readonly namespace: string;
  readonly deployment: string;
  /** Further labels that its series bear, such as the cluster. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What its metrics showed at one instant, ms since the epoch. */
export interface DeploymentLook {
  readonly at: number;
  readonly generation?: number;
  /** Of the pod template: each template, even one that comes back, has a revision of its own. */
  readonly revision?: number;
  /** Its replica sets that are to have pods. */
  readonly running: readonly string[];
  /** Whether every pod there is to be is of the newest template, and there. */
  readonly isComplete?: boolean;
  /** When the deployment itself was made, ms since the epoch: one that is made anew counts from 1 again. */
  readonly createdAt?: number;
}

/** What is remembered from one look to the next. */
export interface DeploymentSeen {
  /** The pod template: `revision 7`, or the name of its replica set. */
  readonly template: string;
  /** The replica sets that were to have pods; absent where only the template is known. */
  readonly running?: readonly string[];
  readonly createdAt?: number;
  /** The change that is under way. */
  readonly underWay?: string;
  /** The newest change. */
  readonly newest?: Taken;
  /** The one before it: taken back, if the newest ends where that one began. */
  readonly former?: Taken;
}

/** A change, and the only replica set that was to have pods before it. */
interface Taken {
  readonly change: string;
  readonly from: string;
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
  const createdAt = look.createdAt ?? seen?.createdAt;
  const isSame = seen?.template === template && (seen.createdAt ?? createdAt) === createdAt;
  const kept = isSame ? seen : undefined;
  const settled = {
    template,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(running === undefined ? {} : { running }),
    ...(kept?.newest === undefined ? {} : { newest: kept.newest }),
  };
  if (seen === undefined || isRevision(seen.template) !== isRevision(template)) return { seen: settled, reports: [] };
  const isOver = look.isComplete === true && look.running.length <= 1;
  const end = { finishedAt: at, outcome: 'succeeded' } as const;
  const { underWay } = seen;
  if (isSame) {
    if (underWay === undefined) return { seen: settled, reports: [] };
    const { former } = seen;
    if (!isOver) return { seen: { ...settled, underWay, ...(former === undefined ? {} : { former }) }, reports: [] };
    const back = takenBack(former, look);
    return {
      seen: back.length === 0 ? settled : withoutNewest(settled),
      reports: [{ change: underWay, ...end }, ...back],
    };
  }
  const change = changeIdOf(place, template, look.generation, createdAt);
  const begun = { change, version: template, before: seen.template, startedAt: at };
  // One that another overtook is over, and nobody saw it succeed.
  const overtaken = underWay === undefined ? [] : [{ change: underWay, finishedAt: at }];
  const from = onlySet(seen);
  const begins = { ...settled, ...(from === undefined ? {} : { newest: { change, from } }) };
  const former = seen.newest;
  if (!isOver) {
    const under = { ...begins, underWay: change, ...(former === undefined ? {} : { former }) };
    return { seen: under, reports: [...overtaken, begun] };
  }
  const back = takenBack(former, look);
  return {
    seen: back.length === 0 ? begins : settled,
    reports: [...overtaken, { ...begun, ...end }, ...back],
  };
}

/** That a change was rolled back, once pods are only where it found them; its own end stands. */
function takenBack(former: Taken | undefined, { running }: DeploymentLook): readonly SeenReport[] {
  const isBack = former !== undefined && running.length === 1 && running[0] === former.from;
  return isBack ? [{ change: former.change, outcome: 'rolled-back' }] : [];
}

/** A roll-back that is itself taken back has not failed: the change comes again. */
function withoutNewest({ newest: _newest, ...seen }: DeploymentSeen): DeploymentSeen {
  return seen;
}

/** The only replica set that was to have pods; undefined amid a rollout, and where only the template is known. */
function onlySet({ template, running }: DeploymentSeen): string | undefined {
  if (running !== undefined) return running.length === 1 ? running[0] : undefined;
  return isRevision(template) ? undefined : template;
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

/**
 * The same at every look at the same change: a replica set that comes back is told from before by the generation, and both
 * begin anew with a deployment that is made anew, which is told by when that was.
 */
function changeIdOf(
  { namespace, deployment }: DeploymentPlace,
  template: string,
  generation: number | undefined,
  createdAt: number | undefined,
): string {
  const which = isRevision(template)
    ? template.slice('revision '.length)
    : `${template.startsWith(`${deployment}-`) ? template.slice(deployment.length + 1) : template}-${generation ?? 0}`;
  const since = createdAt === undefined ? '' : `-${compactUtc(createdAt)}`;
  return `${namespace}/${deployment}@${which}${since}`;
}
