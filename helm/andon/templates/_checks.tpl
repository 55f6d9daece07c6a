{{/* What values contradict each other, in sentences. Included once, by the ConfigMap of the settings. */}}
{{- define "andon.checks" -}}
{{- $secrets := .Values.secrets | default dict -}}
{{- if not (or .Values.rules.files .Values.rules.configMaps) -}}
{{- fail "there are no rules: give rule files under rules.files, or name ConfigMaps under rules.configMaps. docs/rules.md explains them." -}}
{{- end -}}
{{- include "andon.checks.names" . -}}
{{- $names := list -}}
{{- range .Values.extraEnv -}}{{- $names = append $names .name -}}{{- end -}}
{{- if not (or .Values.settings.sources (has "ANDON_SOURCE" $names)) -}}
{{- fail "settings.sources is empty, and Andon does not start without a source: `settings: { sources: [{ url: http://prometheus.monitoring.svc:9090 }] }`." -}}
{{- end -}}
{{- range $path := regexFindAll "/run/secrets/andon/[^/\\s\"']+/[^\\s\"']+" (include "andon.settingsText" .) -1 | uniq -}}
{{- $parts := splitList "/" $path -}}
{{- $name := index $parts 4 -}}
{{- if not (or (hasKey $secrets $name) (and (eq $name "api-token") $.Values.apiToken.secretName)) -}}
{{- fail (printf "settings name the file %s, but secrets has no %q: add `secrets: { %s: { secretName: … } }`." $path $name $name) -}}
{{- end -}}
{{- $keys := (get $secrets $name | default dict).keys -}}
{{- $key := join "/" (slice $parts 5) -}}
{{- if and $keys (not (has $key $keys)) -}}
{{- fail (printf "settings name the file %s, but secrets.%s.keys has no %q." $path $name $key) -}}
{{- end -}}
{{- end -}}
{{- if hasKey $secrets "api-token" -}}
{{- fail "secrets.api-token: that name is taken by apiToken, which mounts the token and names it to Andon." -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled .Values.podMonitor.enabled -}}
{{- fail "serviceMonitor.enabled and podMonitor.enabled are both true: every metric would be there twice. Choose one." -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled (not .Values.service.enabled) -}}
{{- fail "serviceMonitor.enabled needs service.enabled; or scrape pods with podMonitor.enabled." -}}
{{- end -}}
{{- if and .Values.persistence.existingClaim (not (include "andon.isKept" .)) -}}
{{- fail (printf "persistence.existingClaim names %s, and persistence.enabled is false: nothing would be kept there. Leave one of them out." .Values.persistence.existingClaim) -}}
{{- end -}}
{{- if and (eq .Values.mode "sidecar") .Values.networkPolicy.enabled -}}
{{- fail "networkPolicy.enabled is for mode deployment: beside a service, a policy counts for the whole pod, and is the service's own." -}}
{{- end -}}
{{- if and (eq .Values.mode "sidecar") .Values.podDisruptionBudget.enabled -}}
{{- fail "podDisruptionBudget.enabled is for mode deployment: the pod of a sidecar is the service's." -}}
{{- end -}}
{{- $isTested := and .Values.test.enabled (eq .Values.mode "deployment") -}}
{{- if and (or .Values.argoRollouts.enabled $isTested) (not .Values.service.enabled) -}}
{{- fail "argoRollouts and test ask Andon by its Service: set service.enabled to true, or argoRollouts.enabled and test.enabled to false." -}}
{{- end -}}
{{- include "andon.checks.watching" . -}}
{{- include "andon.checks.network" . -}}
{{- include "andon.checks.rollouts" . -}}
{{- end -}}

{{/* Names that become those of files, volumes and labels. */}}
{{- define "andon.checks.names" -}}
{{- range $name, $text := .Values.rules.files -}}
{{- if not (kindIs "string" $text) -}}
{{- fail (printf "rules.files.%s is a mapping: Helm takes a dot in a name for a step down. Write it behind a backslash, in quotes: --set-file 'rules.files.%s\\.yaml=%s.yaml'." $name $name $name) -}}
{{- end -}}
{{- if not (regexMatch "^[A-Za-z0-9_-][A-Za-z0-9._-]*\\.ya?ml$" $name) -}}
{{- fail (printf "rules.files has %q, and Andon reads only files that end in .yaml or .yml, of letters, digits, `.`, `_` and `-`: call it for instance %q. On the command line a dot stands behind a backslash: --set-file 'rules.files.checkout\\.yaml=checkout.yaml'." $name (printf "%s.yaml" (regexReplaceAll "[^A-Za-z0-9_-]+" $name "-" | trimAll "-"))) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.rules.files (has "chart" .Values.rules.configMaps) -}}
{{- fail "rules.configMaps has \"chart\", and the files of rules.files are mounted at the place that a ConfigMap of this name would have: give the ConfigMap another name." -}}
{{- end -}}
{{- range $name, $_ := .Values.secrets -}}
{{- if not (regexMatch "^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$" $name) -}}
{{- fail (printf "secrets has %q, and that is to be the name of a volume and a folder: at most 48 lower-case letters, digits and hyphens, such as %q. The Secret itself, `secretName`, may be called otherwise." $name (regexReplaceAll "[^a-z0-9]+" (lower $name) "-" | trunc 48 | trimAll "-")) -}}
{{- end -}}
{{- end -}}
{{- range $key := list "commonLabels" "podLabels" -}}
{{- range $label := list "app.kubernetes.io/name" "app.kubernetes.io/instance" -}}
{{- if hasKey (get $.Values $key | default dict) $label -}}
{{- fail (printf "%s has %s, by which the Service, the scrape and the Deployment find Andon: it is the chart's. For another name there are nameOverride and the name of the release." $key $label) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The scrape of Andon, and the alerts that look at it. */}}
{{- define "andon.checks.watching" -}}
{{- $isScraped := or .Values.serviceMonitor.enabled .Values.podMonitor.enabled -}}
{{- with .Values.prometheusRule -}}
{{- if and (or .generated .groups) (not .enabled) -}}
{{- fail "prometheusRule.generated and prometheusRule.groups hold rules, and prometheusRule.enabled is false: nobody would get them. Set prometheusRule.enabled to true." -}}
{{- end -}}
{{- if and .enabled .alerts (not (has "AndonDown" .disabled)) (not $isScraped) (not $.Values.metrics.job) -}}
{{- fail "prometheusRule.enabled is true, and neither serviceMonitor.enabled nor podMonitor.enabled: without a scrape of Andon its alert AndonDown fires for ever. Set one of them, or say with metrics.job which `job` a scrape of your own gives." -}}
{{- end -}}
{{- end -}}
{{- range $name := list "serviceMonitor" "podMonitor" -}}
{{- with get $.Values $name -}}
{{- if and .interval .scrapeTimeout (gt (include "andon.milliseconds" .scrapeTimeout | int64) (include "andon.milliseconds" .interval | int64)) -}}
{{- fail (printf "%s.scrapeTimeout is %s, more than %s.interval, %s: the operator would leave Andon out of the scrape." $name .scrapeTimeout $name .interval) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What keeps others from Andon, Andon from others, and the nodes from being drained. */}}
{{- define "andon.checks.network" -}}
{{- with .Values.networkPolicy -}}
{{- if and .egress.enabled (not .enabled) -}}
{{- fail "networkPolicy.egress.enabled is true and networkPolicy.enabled is false: nothing would be limited. Set networkPolicy.enabled to true." -}}
{{- end -}}
{{- if and .egress.enabled (not .egress.rules) -}}
{{- fail "networkPolicy.egress.enabled is true and networkPolicy.egress.rules is empty: Andon would reach neither its sources nor its channels. Name them there, as docs/kubernetes.md shows under Network." -}}
{{- end -}}
{{- end -}}
{{- with .Values.podDisruptionBudget -}}
{{- if and .enabled (eq (toString .minAvailable) "") (has (toString .maxUnavailable) (list "0" "0%")) -}}
{{- fail (printf "podDisruptionBudget.maxUnavailable is %v: there is one pod, and no drain of its node would ever end. Set it to 1." .maxUnavailable) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What deployment tools are given. */}}
{{- define "andon.checks.rollouts" -}}
{{- if and .Values.argoRollouts.enabled .Values.argoRollouts.namespaces (eq .Values.argoRollouts.kind "ClusterAnalysisTemplate") -}}
{{- fail "argoRollouts.namespaces is for argoRollouts.kind AnalysisTemplate: a ClusterAnalysisTemplate is there for all namespaces. Set the kind, or leave the namespaces out." -}}
{{- end -}}
{{- if and .Values.flagger.metricTemplate.enabled (eq .Values.mode "sidecar") -}}
{{- fail "flagger.metricTemplate.enabled is for mode deployment: Flagger scales the Deployment that it watches to 0, with the sidecar in it, and no gate is left to ask." -}}
{{- end -}}
{{- end -}}

{{/* A time as Prometheus writes it, such as 1m30s. */}}
{{- define "andon.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+(ms|s|m|h)" . -1 -}}
{{- $sum = add $sum (mul (regexFind "[0-9]+" . | int64) (get $units (regexFind "[a-z]+" .))) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}
