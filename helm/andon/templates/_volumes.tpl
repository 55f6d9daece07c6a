{{/* The ConfigMaps of rules.configMaps, each with its `name`, and `optional` where it may be missing. */}}
{{- define "andon.ruleMaps" -}}
{{- $maps := list -}}
{{- range .Values.rules.configMaps -}}
{{- $maps = append $maps (ternary (dict "name" .) . (kindIs "string" .)) -}}
{{- end -}}
{{- toYaml $maps -}}
{{- end -}}

{{/* The mounts of what Andon reads. Folders, never `subPath`: a file mounted by `subPath` does not change with its ConfigMap. */}}
{{- define "andon.inputMounts" -}}
- { name: andon-settings, mountPath: /etc/andon/settings, readOnly: true }
{{- if .Values.rules.files }}
- { name: andon-rules, mountPath: /etc/andon/rules/chart, readOnly: true }
{{- end }}
{{- range $index, $map := include "andon.ruleMaps" . | fromYamlArray }}
- { name: andon-rules-{{ $index }}, mountPath: {{ printf "/etc/andon/rules/%s" $map.name | quote }}, readOnly: true }
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
{{- $isOptional := and (eq .suffix "-check") $root.Values.checkFirst.optionalConfigMaps -}}
- name: andon-settings
  configMap: { name: {{ $root.Values.settingsConfigMap | default (printf "%s%s-settings" $fullname .suffix) | quote }} }
{{- if $root.Values.rules.files }}
- name: andon-rules
  configMap: { name: {{ printf "%s%s-rules" $fullname .suffix | quote }} }
{{- end }}
{{- range $index, $map := include "andon.ruleMaps" $root | fromYamlArray }}
- name: andon-rules-{{ $index }}
  configMap: { name: {{ $map.name | quote }}{{ if or $map.optional $isOptional }}, optional: true{{ end }} }
{{- end }}
{{- range $name, $secret := $root.Values.secrets }}
- name: andon-secret-{{ $name }}
  secret:
    secretName: {{ $secret.secretName | quote }}
    defaultMode: {{ $mode }}
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
    secretName: {{ $root.Values.apiToken.secretName | quote }}
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
  persistentVolumeClaim: { claimName: {{ include "andon.claimName" . | quote }} }
  {{- else }}
  emptyDir: { sizeLimit: {{ .Values.persistence.emptyDirSizeLimit }} }
  {{- end }}
{{- end -}}
