{{/*
Takes what is `null` out of the values, in place: that is how a second values file switches off what the first one says, and Helm does so itself only
with what values.yaml of this chart has. Each template begins with it, since which one Helm comes to first is up to Helm.
*/}}
{{- define "andon.withoutNulls" -}}
{{- if kindIs "slice" . -}}
{{- range . -}}{{- include "andon.withoutNulls" . -}}{{- end -}}
{{- else if kindIs "map" . -}}
{{- $map := . -}}
{{- range $key, $value := $map -}}
{{- if kindIs "invalid" $value -}}{{- $_ := unset $map $key -}}{{- else -}}{{- include "andon.withoutNulls" $value -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
