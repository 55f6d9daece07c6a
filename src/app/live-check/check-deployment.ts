import type { DeploymentPlace } from '../../domain/change/deployment-seen.ts';
import { selectorFor } from '../changes/read-deployment.ts';
import type { Inspector } from '../ports/inspector.ts';
import { sourceFailed, type Finding } from './live-finding.ts';

/** Says when the series are not there in which changes are to be seen; the path of a finding starts at `seenIn`. */
export async function checkDeployment(
  place: DeploymentPlace,
  inspector: Pick<Inspector, 'series'>,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  const of = selectorFor(place);
  const { namespace, deployment } = place;
  const own = of({ deployment });
  const name = `${namespace}/${deployment}`;
  const there = async (selector: string): Promise<boolean | string> => {
    const asked = await inspector.series(selector, 1, abort);
    return asked.kind === 'failed' ? asked.failure.detail : asked.series.length > 0;
  };
  const generation = await there(`kube_deployment_status_observed_generation${own}`);
  if (typeof generation === 'string') return [sourceFailed([], generation)];
  if (!generation)
    return [
      finding('live-no-deployment', `no metrics of the deployment ${name} are there, so that no change can be seen`, {
        hint: 'look for a slip of the keyboard; kube-state-metrics must be scraped by this source',
      }),
    ];
  const revisions = await there(
    `kube_deployment_annotations${of({ deployment }).replace('{', '{annotation_deployment_kubernetes_io_revision!="",')}`,
  );
  if (typeof revisions === 'string') return [sourceFailed([], revisions)];
  const sets = await there(`kube_replicaset_owner${of({ owner_kind: 'Deployment', owner_name: deployment })}`);
  if (typeof sets === 'string') return [sourceFailed([], sets)];
  if (revisions || sets) return [];
  return [
    finding('live-changes-unseen', `nothing tells whether ${name} got another pod template or was only scaled`, {
      hint: 'let kube-state-metrics export replicasets, or start it with --metric-annotations-allowlist=deployments=[deployment.kubernetes.io/revision]',
    }),
  ];
}

function finding(code: string, message: string, { hint }: { readonly hint: string }): Finding {
  return { path: [], said: { severity: 'warning', code, message, hint } };
}
