{{/* Short enough for a label, with the endings that pods of its Jobs and tests get. */}}
{{- define "andon.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/*
The name of the objects: a DNS label that a Service may have, which begins with a letter and has no dot, and short enough for the endings
that objects get. What is cut off lives on in a hash, so that two long names that differ at their ends stay two.
*/}}
{{- define "andon.fullname" -}}
{{- $name := include "andon.name" . -}}
{{- $usual := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- $full := .Values.fullnameOverride | default $usual | replace "." "-" | trimAll "-" -}}
{{- if regexMatch "^[0-9]" $full -}}{{- $full = printf "andon-%s" $full -}}{{- end -}}
{{- if gt (len $full) 45 -}}
{{- $full = printf "%s-%s" ($full | trunc 36 | trimSuffix "-") ($full | sha256sum | trunc 8) -}}
{{- end -}}
{{- $full -}}
{{- end -}}

{{- define "andon.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "andon.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{/* Whether the event log is on a volume: unless told otherwise, that of a Deployment is, and one whose claim is named. Empty or not, as templates have no truth. */}}
{{- define "andon.isKept" -}}
{{- $isUsual := or (eq .Values.mode "deployment") .Values.persistence.existingClaim -}}
{{- if ternary $isUsual .Values.persistence.enabled (kindIs "invalid" .Values.persistence.enabled) -}}yes{{- end -}}
{{- end -}}

{{- define "andon.claimName" -}}
{{- .Values.persistence.existingClaim | default (printf "%s-data" (include "andon.fullname" .)) -}}
{{- end -}}

{{- define "andon.image" -}}
{{- $repository := required "image.repository is empty: there is no public image of Andon yet. Build it with the Dockerfile, push it to a registry of yours, and name it here." .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "andon.selectorLabels" -}}
app.kubernetes.io/name: {{ include "andon.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* Labels that select the pods Andon runs in: its own, or those of the chart that includes it. */}}
{{- define "andon.podSelector" -}}
{{- if eq .Values.mode "sidecar" -}}
{{- if not .Values.sidecar.selectorLabels -}}
{{- fail "sidecar.selectorLabels is empty: give the labels that select the pods with the sidecar, or set service.enabled and podMonitor.enabled to false." -}}
{{- end -}}
{{- toYaml .Values.sidecar.selectorLabels -}}
{{- else -}}
{{- include "andon.selectorLabels" . -}}
{{- end -}}
{{- end -}}

{{- define "andon.labels" -}}
{{ include "andon.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
The metadata of an object, indented by two. Takes a dict: `root`, and optionally `suffix` or `name`, `namespace`, `labels`
and `annotations`.
*/}}
{{- define "andon.metadata" -}}
{{- $annotations := merge (dict) (.annotations | default dict) .root.Values.commonAnnotations -}}
{{- $labels := merge (dict) (.labels | default dict) (include "andon.labels" .root | fromYaml) -}}
name: {{ .name | default (printf "%s%s" (include "andon.fullname" .root) (.suffix | default "")) | quote }}
{{- if not .clusterWide }}
namespace: {{ .namespace | default .root.Release.Namespace | quote }}
{{- end }}
labels:
  {{- toYaml $labels | nindent 2 }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Base URL under which others in the cluster reach Andon. */}}
{{- define "andon.url" -}}
{{- printf "http://%s.%s.svc:%v" (include "andon.fullname" .) .Release.Namespace .Values.service.port -}}
{{- end -}}
