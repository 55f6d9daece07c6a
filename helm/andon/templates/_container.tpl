{{- define "andon.settingsText" -}}
{{- toYaml .Values.settings -}}
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

{{/* The mounts of what Andon reads. Folders, never `subPath`: a file mounted by `subPath` does not change with its ConfigMap. */}}
{{- define "andon.inputMounts" -}}
- { name: andon-settings, mountPath: /etc/andon/settings, readOnly: true }
{{- if .Values.rules.files }}
- { name: andon-rules, mountPath: /etc/andon/rules/chart, readOnly: true }
{{- end }}
{{- range $index, $name := .Values.rules.configMaps }}
- { name: andon-rules-{{ $index }}, mountPath: /etc/andon/rules/{{ $name }}, readOnly: true }
{{- end }}
{{- range $name, $_ := .Values.secrets }}
- { name: andon-secret-{{ $name }}, mountPath: /run/secrets/andon/{{ $name }}, readOnly: true }
{{- end }}
{{- if .Values.apiToken.secretName }}
- { name: andon-api-token, mountPath: /run/secrets/andon/api-token, readOnly: true }
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Takes a dict: `root`, and `suffix` of the ConfigMaps. */}}
{{- define "andon.inputVolumes" -}}
{{- $root := .root -}}
{{- $fullname := include "andon.fullname" $root -}}
{{- /* Readable for whichever user runs the container; nobody else mounts them. */ -}}
{{- $mode := 0444 -}}
- name: andon-settings
  configMap: { name: {{ $fullname }}{{ .suffix }}-settings }
{{- if $root.Values.rules.files }}
- name: andon-rules
  configMap: { name: {{ $fullname }}{{ .suffix }}-rules }
{{- end }}
{{- range $index, $name := $root.Values.rules.configMaps }}
- name: andon-rules-{{ $index }}
  configMap: { name: {{ $name }} }
{{- end }}
{{- range $name, $secret := $root.Values.secrets }}
- name: andon-secret-{{ $name }}
  secret:
    secretName: {{ $secret.secretName }}
    defaultMode: {{ $mode }}
    {{- with $secret.optional }}
    optional: {{ . }}
    {{- end }}
    {{- with $secret.keys }}
    items:
      {{- range . }}
      - { key: {{ . | quote }}, path: {{ . | quote }} }
      {{- end }}
    {{- end }}
{{- end }}
{{- if $root.Values.apiToken.secretName }}
- name: andon-api-token
  secret:
    secretName: {{ $root.Values.apiToken.secretName }}
    defaultMode: {{ $mode }}
    items:
      - { key: {{ $root.Values.apiToken.key | quote }}, path: {{ $root.Values.apiToken.key | quote }} }
{{- end }}
{{- with $root.Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* All volumes of a pod that runs Andon. */}}
{{- define "andon.volumes" -}}
{{ include "andon.inputVolumes" (dict "root" . "suffix" "") }}
- name: andon-data
  {{- if include "andon.isKept" . }}
  persistentVolumeClaim: { claimName: {{ include "andon.claimName" . }} }
  {{- else }}
  emptyDir: { sizeLimit: {{ .Values.persistence.emptyDirSizeLimit }} }
  {{- end }}
{{- end -}}

{{/* The container without what only one of the modes has. */}}
{{- define "andon.container" -}}
- name: andon
  image: {{ include "andon.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    {{- include "andon.args" . | nindent 4 }}
  {{- with .Values.extraEnv }}
  env:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    - { name: {{ include "andon.portName" . }}, containerPort: {{ .Values.port }}, protocol: TCP }
  {{- with .Values.livenessProbe }}
  livenessProbe:
    {{- include "andon.probe" (dict "root" $ "probe" .) | nindent 4 }}
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
{{- merge (dict) .own .root.Values.podLabels .root.Values.commonLabels (dict "app.kubernetes.io/version" .root.Chart.AppVersion) | toYaml -}}
{{- end -}}

{{/* On which nodes a pod may run, and before which others. */}}
{{- define "andon.placement" -}}
{{- $placement := dict -}}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" -}}
{{- with get $.Values $key -}}{{- $_ := set $placement $key . -}}{{- end -}}
{{- end -}}
{{- with $placement -}}{{- toYaml . -}}{{- end -}}
{{- end -}}

{{/* Starts the pod anew when something changes that Andon reads at its start only. */}}
{{- define "andon.restartAnnotations" -}}
andon/read-at-start: {{ .Values.settings.tracing | default dict | toJson | sha256sum | trunc 16 | quote }}
{{- end -}}
