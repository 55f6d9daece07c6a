{{/* Whether the Prometheus operator scrapes Andon by what this chart makes. Empty or not. */}}
{{- define "andon.isScraped" -}}
{{- if or .Values.serviceMonitor.enabled .Values.podMonitor.enabled -}}yes{{- end -}}
{{- end -}}

{{/* The label `job` of its own metrics. */}}
{{- define "andon.job" -}}
{{- .Values.metrics.job | default (include "andon.fullname" .) -}}
{{- end -}}

{{/*
What tells the metrics of this Andon from those of another, as a selector of PromQL without its braces. The operator gives each target its
namespace; a scrape of somebody's own has no more than they say.
*/}}
{{- define "andon.target" -}}
{{- $labels := .Values.metrics.labels | default dict -}}
{{- if include "andon.isScraped" . -}}{{- $labels = merge (dict) $labels (dict "namespace" (include "andon.namespace" .)) -}}{{- end -}}
{{- $matchers := list (printf "job=%q" (include "andon.job" .)) -}}
{{- range $name, $value := $labels -}}{{- $matchers = append $matchers (printf "%s=%q" $name $value) -}}{{- end -}}
{{- join "," $matchers -}}
{{- end -}}

{{/* How the operator scrapes Andon, without the port. Takes a dict: `root`, and `monitor`, the values of the monitor. */}}
{{- define "andon.scrape" -}}
path: /metrics
{{- with .monitor.scheme }}
scheme: {{ . }}
{{- end }}
{{- if .monitor.honorLabels }}
honorLabels: true
{{- end }}
{{- with .monitor.interval }}
interval: {{ . | quote }}
{{- end }}
{{- with .monitor.scrapeTimeout }}
scrapeTimeout: {{ . | quote }}
{{- end }}
relabelings:
  # The operator names the Kubernetes Service in `service`. Andon's metrics say there which service they are about, and would
  # become `exported_service`.
  - { action: labeldrop, regex: service }
  - { action: replace, targetLabel: job, replacement: {{ include "andon.job" .root | quote }} }
  {{- with .monitor.relabelings }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .monitor.metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
