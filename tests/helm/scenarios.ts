const image = 'image.repository=registry.example.com/andon';
const source = 'settings.sources[0].url=http://prometheus.monitoring.svc:9090';

/** What is rendered, by name: the arguments of `helm template` behind the name of the release. Paths are those of the repository. */
export const scenarios = {
  smallest: ['andon', 'helm/andon', ...rulesOf('checkout'), '--set', image, '--set', source],
  fleet: [
    'andon',
    'helm/andon',
    '--namespace',
    'andon',
    '--values',
    'helm/examples/fleet/values.yaml',
    ...rulesOf('checkout', 'regions'),
  ],
  'external-objects': [
    'prod',
    'helm/andon',
    '--namespace',
    'watch',
    '--set',
    [
      image,
      source,
      `image.digest=sha256:${'0'.repeat(64)}`,
      'rules.configMaps={shop-rules,search-rules}',
      'persistence.existingClaim=kept',
      'serviceAccount.create=false',
      'service.port=80',
      'port=9000',
      'podMonitor.enabled=true',
      'podMonitor.interval=15s',
      'podDisruptionBudget.enabled=true',
      'podDisruptionBudget.minAvailable=1',
      'argoRollouts.enabled=true',
      'argoRollouts.kind=AnalysisTemplate',
      'argoRollouts.namespaces={shop,search}',
      'networkPolicy.enabled=true',
      'test.enabled=false',
      'commonAnnotations.owner=platform',
      'service.annotations.team=sre',
      'podAnnotations.team=sre',
      'podLabels.team=sre',
      'secrets.chat.secretName=andon-slack',
      'secrets.chat.optional=true',
      'extraVolumes[0].name=ca',
      'extraVolumes[0].configMap.name=ca',
      'extraVolumeMounts[0].name=ca',
      'extraVolumeMounts[0].mountPath=/etc/andon/ca',
      'prometheusRule.enabled=true',
      'prometheusRule.alerts=false',
      'prometheusRule.groups[0].name=own',
      'prometheusRule.groups[0].rules[0].record=own:up',
      'prometheusRule.groups[0].rules[0].expr=up',
    ].join(','),
  ],
  'no-volume': [
    'andon',
    'helm/andon',
    ...rulesOf('checkout'),
    '--set',
    `${image},${source},persistence.enabled=false,readinessProbe=null`,
  ],
  'sidecar-native': ['shop', 'helm/examples/shop', '--namespace', 'shop'],
  'sidecar-plain-with-volume': [
    'shop',
    'helm/examples/shop',
    '--namespace',
    'shop',
    '--set',
    'andon.sidecar.native=false,andon.persistence.enabled=true,andon.dashboards.enabled=true',
    '--kube-version',
    '1.28.0',
  ],
} satisfies Readonly<Record<string, readonly string[]>>;

function rulesOf(...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => ['--set-file', `rules.files.${name}\\.yaml=rules/${name}.yaml`]);
}
