{{/* What values contradict each other, in sentences that say what to write. Included once, by the ConfigMap of the settings. */}}
{{- define "andon.checks" -}}
{{- if not (or (.Values.rules.files | default dict) (.Values.rules.configMaps | default list)) -}}
{{- fail "there are no rules: give rule files under rules.files, or name ConfigMaps under rules.configMaps. docs/rules.md explains them." -}}
{{- end -}}
{{- include "andon.checks.image" . -}}
{{- include "andon.checks.names" . -}}
{{- include "andon.checks.environment" . -}}
{{- include "andon.checks.settings" . -}}
{{- if not .Values.settingsConfigMap -}}
{{- include "andon.checks.secretFiles" . -}}
{{- end -}}
{{- include "andon.checks.watching" . -}}
{{- include "andon.checks.modes" . -}}
{{- include "andon.checks.network" . -}}
{{- include "andon.checks.rollouts" . -}}
{{- end -}}

{{/* What is for one of the modes, and what needs a Service or a volume. */}}
{{- define "andon.checks.modes" -}}
{{- if and .Values.persistence.existingClaim (not (include "andon.isKept" .)) -}}
{{- fail (printf "persistence.existingClaim names %s, and persistence.enabled is false: nothing would be kept there. Leave one of them out." .Values.persistence.existingClaim) -}}
{{- end -}}
{{- if eq .Values.mode "sidecar" -}}
{{- include "andon.checks.sidecarValues" . -}}
{{- end -}}
{{- $isTested := and .Values.test.enabled (eq .Values.mode "deployment") -}}
{{- if and (or .Values.argoRollouts.enabled $isTested) (not .Values.service.enabled) -}}
{{- fail "argoRollouts and test ask Andon by its Service: set service.enabled to true, or argoRollouts.enabled and test.enabled to false." -}}
{{- end -}}
{{- end -}}

{{/* What deployment tools are given. */}}
{{- define "andon.checks.rollouts" -}}
{{- if and .Values.argoRollouts.enabled .Values.argoRollouts.namespaces (eq .Values.argoRollouts.kind "ClusterAnalysisTemplate") -}}
{{- fail "argoRollouts.namespaces is for argoRollouts.kind AnalysisTemplate: a ClusterAnalysisTemplate is there for all namespaces. Set the kind, or leave the namespaces out." -}}
{{- end -}}
{{- if .Values.flagger.metricTemplate.enabled -}}
{{- if eq .Values.mode "sidecar" -}}
{{- fail "flagger.metricTemplate.enabled is for mode deployment: Flagger scales the Deployment that it watches to 0, with the sidecar in it, and no gate is left to ask." -}}
{{- end -}}
{{- if not (or (include "andon.isScraped" .) .Values.metrics.job) -}}
{{- fail "flagger.metricTemplate.enabled is true, and neither serviceMonitor.enabled nor podMonitor.enabled: it asks Prometheus for the metrics of this Andon, and a stopped line would never be seen. Set one of them, or say with metrics.job which `job` a scrape of your own gives." -}}
{{- end -}}
{{- end -}}
{{- end -}}
