{{/*
Andon in the pod of another chart, which has this one as a dependency with `mode: sidecar`:

  spec:
    {{- with .Subcharts.andon }}
    {{- with include "andon.sidecar.initContainers" . }}
    initContainers:
      {{- . | nindent 8 }}
    {{- end }}
    {{- end }}
    containers:
      - name: …
      {{- with .Subcharts.andon }}
      {{- include "andon.sidecar.containers" . | nindent 8 }}
      {{- end }}
    {{- with .Subcharts.andon }}
    volumes:
      {{- include "andon.sidecar.volumes" . | nindent 8 }}
    {{- end }}

With `sidecar.native` the first is the container and the second is empty, and without it the other way round. Where a `condition` has
switched Andon off, `.Subcharts.andon` is nothing, and so are all of them.
*/}}

{{/* Whether a template was given the scope of this chart. Takes a dict: `scope`, and `write`, what to write instead. */}}
{{- define "andon.checks.scope" -}}
{{- $isOurs := false -}}
{{- if kindIs "map" .scope -}}
{{- if and (hasKey .scope "Values") (hasKey .scope "Chart") -}}{{- $isOurs = hasKey .scope.Values "sidecar" -}}{{- end -}}
{{- end -}}
{{- if not $isOurs -}}
{{- fail (printf "the templates of Andon want the scope of the chart andon, which is not its values nor that of the chart around it: write `%s`." .write) -}}
{{- end -}}
{{- end -}}

{{- define "andon.sidecar.checks" -}}
{{- include "andon.checks.scope" (dict "scope" . "write" "include \"andon.sidecar.containers\" .Subcharts.andon") -}}
{{- include "andon.withoutNulls" .Values -}}
{{- if ne .Values.mode "sidecar" -}}
{{- fail "mode is not sidecar: there would be two Andons, one in this pod and one as a Deployment. Set `andon: { mode: sidecar }`." -}}
{{- end -}}
{{- end -}}

{{- define "andon.sidecar.initContainers" -}}
{{- include "andon.sidecar.checks" . -}}
{{- if .Values.sidecar.native -}}
{{- if semverCompare "<1.29.0-0" .Capabilities.KubeVersion.Version -}}
{{- fail (printf "Kubernetes %s has no native sidecars, which came with 1.29: set sidecar.native to false." .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{ include "andon.container" . }}
  restartPolicy: Always
{{- end -}}
{{- end -}}

{{- define "andon.sidecar.containers" -}}
{{- include "andon.sidecar.checks" . -}}
{{- if not .Values.sidecar.native -}}
{{ include "andon.container" . }}
{{- end -}}
{{- end -}}

{{- define "andon.sidecar.volumes" -}}
{{- include "andon.sidecar.checks" . -}}
{{- include "andon.volumes" . -}}
{{- end -}}

{{/* Annotations of the pod: it starts anew when Andon's settings change in what is read at its start only. */}}
{{- define "andon.sidecar.annotations" -}}
{{- include "andon.sidecar.checks" . -}}
{{- include "andon.restartAnnotations" . -}}
{{- end -}}
