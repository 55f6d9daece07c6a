{{- define "andon.settingsText" -}}
{{- .Values.settings | default dict | toYaml -}}
{{- end -}}

{{/* Where Andon finds what it is told, as arguments of `andon run`. Flags win over the environment of the image. */}}
{{- define "andon.args" -}}
- run
- --settings=/etc/andon/settings/andon.yaml
- --rules=/etc/andon/rules
- --listen=:{{ .Values.port }}
- --data=/var/lib/andon
{{- if .Values.apiToken.secretName }}
- --api-token-file=/run/secrets/andon/api-token/{{ .Values.apiToken.key }}
{{- end }}
{{- end -}}

{{/* The environment. Commands in the container, such as `andon notify test`, look at Andon's usual port unless they are told of another. */}}
{{- define "andon.environment" -}}
{{- $env := .Values.extraEnv | default list -}}
{{- $names := list -}}
{{- range $env -}}{{- $names = append $names .name -}}{{- end -}}
{{- if and (ne (int .Values.port) 9655) (not (has "ANDON_URL" $names)) -}}
{{- $env = prepend $env (dict "name" "ANDON_URL" "value" (printf "http://127.0.0.1:%v" .Values.port)) -}}
{{- end -}}
{{- with $env -}}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The container without what only one of the modes has. */}}
{{- define "andon.container" -}}
- name: andon
  image: {{ include "andon.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    {{- include "andon.args" . | nindent 4 }}
  {{- with include "andon.environment" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  ports:
    - { name: {{ include "andon.portName" . }}, containerPort: {{ .Values.port }}, protocol: TCP }
  {{- with .Values.livenessProbe }}
  livenessProbe:
    {{- include "andon.probe" (dict "root" $ "probe" .) | nindent 4 }}
  {{- end }}
  {{- with .Values.lifecycle }}
  lifecycle:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  resources:
    {{- toYaml .Values.resources | nindent 4 }}
  securityContext:
    {{- toYaml .Values.securityContext | nindent 4 }}
  volumeMounts:
    {{- include "andon.inputMounts" . | nindent 4 }}
    - { name: andon-data, mountPath: /var/lib/andon }
{{- end -}}

{{/* Names of ports are unique in a pod, and the service beside a sidecar is likely to have an `http` of its own. */}}
{{- define "andon.portName" -}}
{{- ternary "andon" "http" (eq .Values.mode "sidecar") -}}
{{- end -}}

{{/* A probe whose port `http` is Andon's, whatever it is called. */}}
{{- define "andon.probe" -}}
{{- $probe := deepCopy .probe -}}
{{- if and $probe.httpGet (eq (toString $probe.httpGet.port) "http") -}}
{{- $_ := set $probe.httpGet "port" (include "andon.portName" .root) -}}
{{- end -}}
{{- toYaml $probe -}}
{{- end -}}

{{/* The labels of a pod. Takes a dict: `root`, and `own`, which win. */}}
{{- define "andon.podLabels" -}}
{{- merge (dict) .own (.root.Values.podLabels | default dict) (.root.Values.commonLabels | default dict) (dict "app.kubernetes.io/version" .root.Chart.AppVersion) | toYaml -}}
{{- end -}}

{{/* On which nodes a pod may run, before which others, as what, and how it looks names up. */}}
{{- define "andon.placement" -}}
{{- $placement := dict -}}
{{- $keys := list "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" "schedulerName" "runtimeClassName" "hostAliases" "dnsPolicy" "dnsConfig" -}}
{{- range $key := $keys -}}
{{- with get $.Values $key -}}{{- $_ := set $placement $key . -}}{{- end -}}
{{- end -}}
{{- with $placement -}}{{- toYaml . -}}{{- end -}}
{{- end -}}

{{/* Starts the pod anew when something changes that Andon reads at its start only. */}}
{{- define "andon.restartAnnotations" -}}
andon/read-at-start: {{ (.Values.settings | default dict).tracing | default dict | toJson | sha256sum | trunc 16 | quote }}
{{- end -}}
