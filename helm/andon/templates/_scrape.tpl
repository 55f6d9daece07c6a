{{/* How the operator scrapes Andon, without the port. Takes a dict: `root`, and `monitor`, the values of the monitor. */}}
{{- define "andon.scrape" -}}
path: /metrics
{{- with .monitor.interval }}
interval: {{ . }}
{{- end }}
{{- with .monitor.scrapeTimeout }}
scrapeTimeout: {{ . }}
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
