{{/* The scrape of Andon, and the alerts that look at it. */}}
{{- define "andon.checks.watching" -}}
{{- if and .Values.serviceMonitor.enabled .Values.podMonitor.enabled -}}
{{- fail "serviceMonitor.enabled and podMonitor.enabled are both true: every metric would be there twice. Choose one." -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled (not .Values.service.enabled) -}}
{{- fail "serviceMonitor.enabled needs service.enabled; or scrape pods with podMonitor.enabled." -}}
{{- end -}}
{{- if hasKey (.Values.metrics.labels | default dict) "job" -}}
{{- fail "metrics.labels has job: write that as metrics.job." -}}
{{- end -}}
{{- with .Values.prometheusRule -}}
{{- if and .generated (not .enabled) -}}
{{- fail "prometheusRule.generated holds rules, and prometheusRule.enabled is false: nobody would get them. Set prometheusRule.enabled to true." -}}
{{- end -}}
{{- if and .enabled .alerts (not (has "AndonDown" (.disabled | default list))) (not (include "andon.isScraped" $)) (not $.Values.metrics.job) -}}
{{- fail "prometheusRule.enabled is true, and neither serviceMonitor.enabled nor podMonitor.enabled: without a scrape of Andon its alert AndonDown fires for ever. Set one of them, or say with metrics.job which `job` a scrape of your own gives." -}}
{{- end -}}
{{- if hasKey (.alertLabels | default dict) "severity" -}}
{{- fail "prometheusRule.alertLabels has severity, and each alert has one of its own: change it by the name of the alert, `prometheusRule: { severities: { AndonSourceFails: critical } }`." -}}
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

{{/* A time as Prometheus writes it, such as 1m30s. */}}
{{- define "andon.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+(ms|s|m|h)" . -1 -}}
{{- $sum = add $sum (mul (regexFind "[0-9]+" . | int64) (get $units (regexFind "[a-z]+" .))) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}
