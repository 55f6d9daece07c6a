import { containersOf, type Pod, type SecurityContext } from './objects.ts';

const volumesAllowed = [
  'name',
  'configMap',
  'secret',
  'persistentVolumeClaim',
  'emptyDir',
  'projected',
  'downwardAPI',
  'csi',
];
const seccompAllowed = ['RuntimeDefault', 'Localhost'];

/**
 * What the Pod Security Standard `restricted` refuses in a pod, as https://kubernetes.io/docs/concepts/security/pod-security-standards/
 * lists it, a sentence each; and what Andon promises beyond it: a read-only root, no token, no rights of the host.
 */
export function podSecurityFaults(pod: Pod): readonly string[] {
  const { spec, of } = pod;
  const faults: string[] = [];
  const must = (holds: boolean, words: string): void => void (holds || faults.push(`${of}: ${words}`));
  must(!spec.hostNetwork && !spec.hostPID && !spec.hostIPC, 'shares a namespace with the host');
  must(spec.automountServiceAccountToken === false, 'mounts a token');
  for (const volume of spec.volumes ?? []) {
    must(
      Object.keys(volume).every((key) => volumesAllowed.includes(key)),
      `volume ${volume.name} is of a kind that is refused`,
    );
  }
  for (const { name, securityContext: own = {} } of containersOf(pod)) {
    const inherited: SecurityContext = { ...spec.securityContext, ...own };
    must(inherited.runAsNonRoot === true, `${name} may run as root`);
    must(inherited.runAsUser !== 0, `${name} runs as root`);
    must(seccompAllowed.includes(inherited.seccompProfile?.type ?? ''), `${name} has no seccomp profile`);
    must(own.allowPrivilegeEscalation === false, `${name} may gain privileges`);
    must(own.privileged !== true, `${name} is privileged`);
    must(own.capabilities?.drop?.includes('ALL') ?? false, `${name} keeps capabilities`);
    must(
      (own.capabilities?.add ?? []).every((each) => each === 'NET_BIND_SERVICE'),
      `${name} adds capabilities`,
    );
    must(own.readOnlyRootFilesystem === true, `${name} may write to its root`);
  }
  return faults;
}
