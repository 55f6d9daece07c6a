{{/*
The hooks of a Flagger Canary that ask the gate of a service, for `spec.analysis.webhooks`. Takes a dict: `service`, the name in its
rule file, and either `url`, where Andon's Deployment answers, or `andon`, which is `.Subcharts.andon` in a chart that has Andon
as a Deployment:

  webhooks:
    {{- include "andon.flagger.webhooks" (dict "url" "http://andon.andon.svc:9655" "service" "checkout") | nindent 4 }}
*/}}
{{- define "andon.flagger.webhooks" -}}
{{- $write := "include \"andon.flagger.webhooks\" (dict \"url\" \"http://andon.andon.svc:9655\" \"service\" \"checkout\") | nindent 4" -}}
{{- if not (kindIs "map" .) -}}
{{- fail (printf "andon.flagger.webhooks takes a dict: write `%s`." $write) -}}
{{- end -}}
{{- if not (and (hasKey . "service") (kindIs "string" .service) .service) -}}
{{- fail (printf "andon.flagger.webhooks is not told whose gate to ask, and needs the name that the service has in its rule file: write `%s`." $write) -}}
{{- end -}}
{{- $url := get . "url" | default "" -}}
{{- if not $url -}}
{{- if not (hasKey . "andon") -}}
{{- fail (printf "andon.flagger.webhooks is not told where Andon answers: write `%s`, or `(dict \"andon\" .Subcharts.andon \"service\" %q)` in a chart that has Andon as a Deployment." $write .service) -}}
{{- end -}}
{{- include "andon.checks.scope" (dict "scope" .andon "write" (printf "include \"andon.flagger.webhooks\" (dict \"andon\" .Subcharts.andon \"service\" %q)" .service)) -}}
{{- if eq .andon.Values.mode "sidecar" -}}
{{- fail "andon.flagger.webhooks asks a sidecar, and nobody would answer: Flagger scales the Deployment that it watches to 0, sidecar and all, and gives the primary's pods other labels. Run Andon as a Deployment, and name it: (dict \"url\" \"http://andon.andon.svc:9655\" \"service\" …)." -}}
{{- end -}}
{{- $url = include "andon.url" .andon -}}
{{- end -}}
{{- $hooks := list -}}
{{- $confirm := printf "%s/api/v1/gate/flagger/confirm" (trimSuffix "/" $url) -}}
{{- $metadata := dict "service" .service -}}
{{- $hooks = append $hooks (dict "name" "andon-may-begin" "type" "confirm-rollout" "url" $confirm) -}}
{{- $hooks = append $hooks (dict "name" "andon-may-go-on" "type" "confirm-traffic-increase" "url" $confirm) -}}
{{- $hooks = append $hooks (dict "name" "andon-may-promote" "type" "confirm-promotion" "url" $confirm) -}}
{{- $hooks = append $hooks (dict "name" "andon-rolls-back" "type" "rollback" "url" (printf "%s/api/v1/gate/flagger/rollback" (trimSuffix "/" $url))) -}}
{{- range $hook := $hooks -}}
{{- $_ := set $hook "timeout" "5s" -}}
{{- $_ = set $hook "metadata" $metadata -}}
{{- end -}}
{{- toYaml $hooks -}}
{{- end -}}
