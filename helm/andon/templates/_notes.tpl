{{/*
What people are told after an installation. A chart with Andon as a dependency prints it with its own notes:
`{{ include "andon.notes" .Subcharts.andon }}` in its templates/NOTES.txt.
*/}}
{{- define "andon.notes" -}}
{{- include "andon.checks.scope" (dict "scope" . "write" "include \"andon.notes\" .Subcharts.andon") -}}
{{- $settings := .Values.settings | default dict -}}
{{- $names := list -}}
{{- range .Values.extraEnv -}}{{- $names = append $names .name -}}{{- end -}}
{{- /* What is in a ConfigMap or a Secret of somebody's own cannot be seen from here. */}}
{{- $isUnseen := or .Values.extraEnvFrom .Values.settingsConfigMap -}}
{{- $namespace := include "andon.namespace" . -}}
{{- if eq .Values.mode "sidecar" -}}
{{- $selector := list -}}
{{- range $name, $value := .Values.sidecar.selectorLabels -}}{{- $selector = append $selector (printf "%s=%s" $name $value) -}}{{- end -}}
Andon is a sidecar, the container `andon` in the pods that are selected by {{ join "," $selector }}.
{{- with $selector }}

  kubectl -n {{ $namespace }} get pods -l {{ join "," . }}
{{- end }}
{{- if .Values.service.enabled }}
  kubectl -n {{ $namespace }} port-forward service/{{ include "andon.fullname" . }} {{ .Values.port }}:{{ .Values.service.port }}
{{- end }}
{{- else -}}
Andon runs as the Deployment {{ include "andon.fullname" . }} in the namespace {{ $namespace }}.

  kubectl -n {{ $namespace }} rollout status deployment/{{ include "andon.fullname" . }}
  kubectl -n {{ $namespace }} port-forward deployment/{{ include "andon.fullname" . }} {{ .Values.port }}
{{- end }}

Every line, target and open incident: http://127.0.0.1:{{ .Values.port }}/ while the port is forwarded.
{{- if .Values.service.enabled }}
Deployment tools ask the gate at {{ include "andon.url" . }}/api/v1/gate/<service>.
{{- end }}
{{- if not (or $settings.channels (has "ANDON_WEBHOOK" $names) $isUnseen) }}

NOBODY IS PAGED: settings.channels is empty.
{{- end }}
{{- if not (or .Values.apiToken.secretName ($settings.api | default dict).tokenFile (has "ANDON_API_TOKEN_FILE" $names) $isUnseen) }}

Nobody can acknowledge an incident or stop a line: apiToken.secretName is empty, and Andon refuses changes without a token.
{{- end }}
{{- if not (or (include "andon.isScraped" .) .Values.prometheusRule.enabled $settings.heartbeat .Values.settingsConfigMap) }}

Nobody watches Andon itself: scrape its /metrics (serviceMonitor or podMonitor), and set prometheusRule.enabled or settings.heartbeat.
{{- end }}
{{- if and .Values.prometheusRule.enabled (not (include "andon.isScraped" .)) }}

The alerts look for a scrape with {{ include "andon.target" . }}, which is yours to make: without it AndonDown fires.
{{- end }}
{{- $ways := list }}
{{- if and .Values.service.enabled (ne .Values.service.type "ClusterIP") }}{{ $ways = append $ways (printf "service.type is %s" .Values.service.type) }}{{ end }}
{{- /* Another port than Andon's is that of a proxy beside it. */}}
{{- range $name := list "ingress" "httpRoute" }}
{{- with get $.Values $name }}
{{- if and .enabled (eq (int (.port | default $.Values.service.port)) (int $.Values.service.port)) }}{{ $ways = append $ways (printf "%s.enabled is true" $name) }}{{ end }}
{{- end }}
{{- end }}
{{- with $ways }}

Andon can be reached from outside the cluster: {{ join ", " . }}. Whoever reaches it reads everything, incidents and notes too; only changes need the
token. Put a proxy with TLS and authentication in front.
{{- end }}
{{- if .Values.settingsConfigMap }}

The settings are those of the ConfigMap {{ .Values.settingsConfigMap }}, and nothing of `settings` is read: unless `startWithBadRules: true` stands in its andon.yaml,
one bad rule file keeps Andon from starting.
{{- end }}
{{- $idle := list }}
{{- with .Values.networkPolicy }}
{{- if and (not .enabled) (or .ingressFrom .egress.enabled) }}{{ $idle = append $idle "networkPolicy.enabled is false, so that networkPolicy limits nobody" }}{{ end }}
{{- if and .enabled (not .egress.enabled) (or .egress.rules .egress.dnsTo) }}{{ $idle = append $idle "networkPolicy.egress.enabled is false, so that what stands below networkPolicy.egress limits nothing" }}{{ end }}
{{- end }}
{{- with .Values.prometheusRule }}
{{- if and .groups (not .enabled) }}{{ $idle = append $idle "prometheusRule.enabled is false, so that nobody gets the rules of prometheusRule.groups" }}{{ end }}
{{- end }}
{{- with $idle }}

Switched off: {{ join "; " . }}.
{{- end }}
{{- if not (include "andon.isKept" .) }}

The event log is on an emptyDir: when the pod moves, past incidents and pages that were not delivered are gone.
{{- end }}
{{- end -}}
