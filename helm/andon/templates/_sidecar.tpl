{{/*
Andon in the pod of another chart, which has this one as a dependency with `mode: sidecar`:

  spec:
    {{- with include "andon.sidecar.initContainers" .Subcharts.andon }}
    initContainers:
      {{- . | nindent 8 }}
    {{- end }}
    containers:
      - name: …
      {{- include "andon.sidecar.containers" .Subcharts.andon | nindent 8 }}
    volumes:
      {{- include "andon.sidecar.volumes" .Subcharts.andon | nindent 8 }}

With `sidecar.native` the first is the container and the second is empty, and without it the other way round.
*/}}

{{- define "andon.sidecar.checks" -}}
{{- if not (hasKey .Values "sidecar") -}}
{{- fail "the templates andon.sidecar.… want the scope of the chart andon: write `include \"andon.sidecar.containers\" .Subcharts.andon`." -}}
{{- end -}}
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
{{ include "andon.volumes" . }}
{{- end -}}

{{/* Annotations of the pod: it starts anew when Andon's settings change in what is read at its start only. */}}
{{- define "andon.sidecar.annotations" -}}
{{ include "andon.restartAnnotations" . }}
{{- end -}}

{{/*
The hooks of a Flagger Canary that ask the gate of a service, for `spec.analysis.webhooks`. Takes a dict: `service`, the name in its
rule file, and either `url`, where Andon's Deployment answers, or `andon`, which is `.Subcharts.andon` in a chart that has Andon
as a Deployment.
*/}}
{{- define "andon.flagger.webhooks" -}}
{{- if and (not .url) (eq .andon.Values.mode "sidecar") -}}
{{- fail "andon.flagger.webhooks asks a sidecar, and nobody would answer: Flagger scales the Deployment that it watches to 0, sidecar and all, and gives the primary's pods other labels. Run Andon as a Deployment, and name it: (dict \"url\" \"http://andon.andon.svc:9655\" \"service\" …)." -}}
{{- end -}}
{{- $url := "" -}}
{{- if .url -}}{{- $url = trimSuffix "/" .url -}}{{- else -}}{{- $url = include "andon.url" .andon -}}{{- end -}}
{{- $service := .service -}}
{{- range $type, $name := dict "confirm-rollout" "andon-may-begin" "confirm-traffic-increase" "andon-may-go-on" "confirm-promotion" "andon-may-promote" }}
- name: {{ $name }}
  type: {{ $type }}
  url: {{ $url }}/api/v1/gate/flagger/confirm
  timeout: 5s
  metadata: { service: {{ $service | quote }} }
{{- end }}
- name: andon-rolls-back
  type: rollback
  url: {{ $url }}/api/v1/gate/flagger/rollback
  timeout: 5s
  metadata: { service: {{ $service | quote }} }
{{- end -}}
