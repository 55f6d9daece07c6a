{{/* What values contradict each other, in sentences. Included once, by the ConfigMap of the settings. */}}
{{- define "andon.checks" -}}
{{- $secrets := .Values.secrets | default dict -}}
{{- if not (or .Values.rules.files .Values.rules.configMaps) -}}
{{- fail "there are no rules: give rule files under rules.files, or name ConfigMaps under rules.configMaps. docs/rules.md explains them." -}}
{{- end -}}
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
{{- end -}}
