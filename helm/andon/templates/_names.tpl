{{/* A text cut to so many characters. What is cut off lives on in a hash, so that two texts that differ at their ends stay two. */}}
{{- define "andon.cut" -}}
{{- if gt (len .text) .most -}}
{{- printf "%s-%s" (.text | trunc (int (sub .most 9)) | trimSuffix "-") (.text | sha256sum | trunc 8) -}}
{{- else -}}
{{- .text -}}
{{- end -}}
{{- end -}}

{{/* A name as Kubernetes takes one: an alias in Chart.yaml may be `fleetWatch` or `fleet_watch`, and both are `fleet-watch`. */}}
{{- define "andon.asName" -}}
{{- regexReplaceAll "([a-z0-9])([A-Z])" . "${1}-${2}" | lower | replace "_" "-" | replace "." "-" | trimAll "-" -}}
{{- end -}}

{{/*
The name of Andon in this release: that of the chart, or its alias. Pods are selected by it, which Kubernetes lets nobody change. That of a
sidecar which lies deeper than in the chart that is installed has the charts in between in it (`checkout-andon`), since each of them may have an
Andon. Helm tells that by the path of the templates, and tells it from its own first template on, which come before those of the charts around it.
*/}}
{{- define "andon.name" -}}
{{- $above := list -}}
{{- if eq .Values.mode "sidecar" -}}
{{- $template := get . "Template" -}}
{{- if not $template -}}
{{- fail "the template that includes Andon lies so deep that Helm comes to it before Andon's own: put it at most two folders below templates/." -}}
{{- end -}}
{{- $above = initial (splitList "/charts/" (trimSuffix "/templates" (get $template "BasePath"))) | join "/" | splitList "/" | rest -}}
{{- end -}}
{{- $name := .Values.nameOverride | default (join "-" (append $above .Chart.Name)) -}}
{{- include "andon.cut" (dict "text" (include "andon.asName" $name) "most" 50) -}}
{{- end -}}

{{/*
The name of the objects: a DNS label that a Service may have, which begins with a letter and has no dot, and short enough for the endings
that objects get. As in other charts, the release alone where the chart's name is in it. The name of a sidecar always stays behind the release, since
the objects of its service are likely to be called as that; and so does an alias, as two of them may both be in it.
*/}}
{{- define "andon.fullname" -}}
{{- $name := include "andon.name" . -}}
{{- $isSidecar := eq .Values.mode "sidecar" -}}
{{- $override := .Values.fullnameOverride | default "" -}}
{{- if and $override $isSidecar (eq $override .Release.Name) -}}
{{- fail (printf "fullnameOverride is %s, as the release is, and so are likely the objects of the chart around this one: leave it out, or write %s-andon." $override $override) -}}
{{- end -}}
{{- $base := $override | default .Release.Name | replace "." "-" | trimAll "-" -}}
{{- if regexMatch "^[0-9]" $base -}}{{- $base = printf "andon-%s" $base -}}{{- end -}}
{{- $isIn := and (contains $name .Release.Name) (or (eq .Chart.Name "andon") (eq $name .Release.Name)) -}}
{{- if or $override (and $isIn (not $isSidecar) (le (len $base) 45)) -}}
{{- include "andon.cut" (dict "text" $base "most" 45) -}}
{{- else -}}
{{- $end := include "andon.cut" (dict "text" $name "most" 24) -}}
{{- printf "%s-%s" (include "andon.cut" (dict "text" $base "most" (int (sub 44 (len $end))))) $end -}}
{{- end -}}
{{- end -}}

{{- define "andon.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end -}}

{{- define "andon.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "andon.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{/* Whether the event log is on a volume: unless told otherwise, that of a Deployment is, and one whose claim is named. Empty or not, as templates have no truth. */}}
{{- define "andon.isKept" -}}
{{- $isUsual := or (eq .Values.mode "deployment") .Values.persistence.existingClaim -}}
{{- if ternary $isUsual .Values.persistence.enabled (kindIs "invalid" .Values.persistence.enabled) -}}yes{{- end -}}
{{- end -}}

{{/* Whether the Service leads to a pod that is not ready: unless told otherwise, to that of a sidecar, which is the service's. */}}
{{- define "andon.isPublishedEarly" -}}
{{- $told := .Values.service.publishNotReadyAddresses -}}
{{- if ternary (eq .Values.mode "sidecar") $told (kindIs "invalid" $told) -}}yes{{- end -}}
{{- end -}}

{{- define "andon.claimName" -}}
{{- .Values.persistence.existingClaim | default (printf "%s-data" (include "andon.fullname" .)) -}}
{{- end -}}

{{/* `global.imageRegistry` stands for whichever registry the repository names, as in other charts. A registry has a dot or a port in it. */}}
{{- define "andon.image" -}}
{{- $repository := required "image.repository is empty: there is no public image of Andon yet. Build it with the Dockerfile, push it to a registry of yours, and name it here." .Values.image.repository -}}
{{- with (.Values.global | default dict).imageRegistry -}}
{{- $repository = printf "%s/%s" (trimSuffix "/" .) (regexReplaceAll "^(localhost|[^/]*[.:][^/]*)/" $repository "") -}}
{{- end -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* Those of the values and of all charts, `global`, each once. */}}
{{- define "andon.pullSecrets" -}}
{{- $secrets := .Values.imagePullSecrets | default list -}}
{{- range (.Values.global | default dict).imagePullSecrets -}}
{{- $secrets = append $secrets (ternary (dict "name" .) . (kindIs "string" .)) -}}
{{- end -}}
{{- with $secrets | uniq -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
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
{{- $annotations := merge (dict) (.annotations | default dict) (.root.Values.commonAnnotations | default dict) -}}
{{- $labels := merge (dict) (.labels | default dict) (include "andon.labels" .root | fromYaml) -}}
name: {{ .name | default (printf "%s%s" (include "andon.fullname" .root) (.suffix | default "")) | quote }}
{{- if not .clusterWide }}
namespace: {{ .namespace | default (include "andon.namespace" .root) | quote }}
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
{{- printf "http://%s.%s.svc:%v" (include "andon.fullname" .) (include "andon.namespace" .) .Values.service.port -}}
{{- end -}}
