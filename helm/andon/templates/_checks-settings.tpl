{{/* The environment of the container: arguments win over it, and Andon does not look at names that it does not know. */}}
{{- define "andon.checks.environment" -}}
{{- $byArgument := dict "ANDON_LISTEN" "port" "ANDON_DATA" "persistence" "ANDON_RULES" "rules" "ANDON_SETTINGS" "settings" -}}
{{- $known := list "ANDON_SOURCE" "ANDON_WEBHOOK" "ANDON_EXTERNAL_URL" "ANDON_LOG_LEVEL" "ANDON_API_TOKEN_FILE" "ANDON_OTLP_ENDPOINT" "ANDON_URL" "ANDON_TOKEN_FILE" "ANDON_USER" "ANDON_DEBUG" -}}
{{- range .Values.extraEnv -}}
{{- if hasKey $byArgument .name -}}
{{- fail (printf "extraEnv has %s, and the chart says that in an argument, which wins: write %s instead." .name (get $byArgument .name)) -}}
{{- end -}}
{{- if and (hasPrefix "ANDON_" .name) (not (has .name $known)) -}}
{{- fail (printf "extraEnv has %s, which Andon does not know. It knows %s; write everything else under settings." .name (join ", " $known)) -}}
{{- end -}}
{{- if and (eq .name "ANDON_API_TOKEN_FILE") $.Values.apiToken.secretName -}}
{{- fail "extraEnv has ANDON_API_TOKEN_FILE, and apiToken.secretName, whose argument wins, is set too: leave one of them out." -}}
{{- end -}}
{{- if hasPrefix "ANDON_" .name -}}
{{- include "andon.checks.inlineSecrets" (dict "path" (printf "extraEnv: %s" .name) "key" (ternary "url" "" (eq .name "ANDON_WEBHOOK")) "value" .value) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What the settings lack, and what they must not hold. */}}
{{- define "andon.checks.settings" -}}
{{- $settings := .Values.settings | default dict -}}
{{- $names := list -}}
{{- range .Values.extraEnv -}}{{- $names = append $names .name -}}{{- end -}}
{{- $more := omit $settings "startWithBadRules" | keys | sortAlpha -}}
{{- if and .Values.settingsConfigMap $more -}}
{{- fail (printf "settingsConfigMap names %s, and settings has %s beside it, which nobody would read: leave one of them out." .Values.settingsConfigMap (join ", " $more)) -}}
{{- end -}}
{{- if not (or $settings.sources (has "ANDON_SOURCE" $names) .Values.extraEnvFrom .Values.settingsConfigMap) -}}
{{- fail "settings.sources is empty, and Andon does not start without a source: `settings: { sources: [{ url: http://prometheus.monitoring.svc:9090 }] }`." -}}
{{- end -}}
{{- if and .Values.apiToken.secretName ($settings.api | default dict).tokenFile -}}
{{- fail "apiToken.secretName and settings.api.tokenFile both say where the token is, and the first would win: leave one of them out." -}}
{{- end -}}
{{- include "andon.checks.inlineSecrets" (dict "path" "settings" "key" "" "value" $settings) -}}
{{- end -}}

{{/*
Secrets that would be readable in a ConfigMap, wherever they stand in a value. Takes a dict: `path`, for people, `key`, the last step of
it, and `value`. It refuses what `andon check` refuses, by the same expressions; never does it repeat what it refuses.
*/}}
{{- define "andon.checks.inlineSecrets" -}}
{{- $path := .path -}}
{{- if kindIs "map" .value -}}
{{- if eq .key "headers" -}}
{{- range $name, $_ := .value -}}
{{- if regexMatch `(?i)^(?:proxy-)?authorization$|^cookie$|token|secret|api-?key|password` $name -}}
{{- fail (printf "%s.%s carries a secret, which would be readable in a ConfigMap: put it into a Secret that `secrets` names, and write `headerFiles: { %s: /run/secrets/andon/<name>/<key> }` instead." $path $name $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $key, $value := .value -}}
{{- include "andon.checks.inlineSecrets" (dict "path" (printf "%s.%s" $path $key) "key" $key "value" $value) -}}
{{- end -}}
{{- else if kindIs "slice" .value -}}
{{- $key := .key -}}
{{- range $index, $value := .value -}}
{{- include "andon.checks.inlineSecrets" (dict "path" (printf "%s[%d]" $path $index) "key" $key "value" $value) -}}
{{- end -}}
{{- else if kindIs "string" .value -}}
{{- $start := regexFind `^(?i:https?)://[^/?#\s]+` .value | lower -}}
{{- if contains "@" $start -}}
{{- fail (printf "%s is a URL with a user name or password, which would be readable in a ConfigMap: leave them out of it, and put them into a Secret that `secrets` names. %s" $path (ternary "Write `proxy: { basicAuth: { username: …, passwordFile: /run/secrets/andon/<name>/<key> } }`." "A source has `basicAuth.passwordFile` and `headerFiles`, a channel has `urlFile` and `headerFiles`." (hasSuffix ".proxy.url" $path))) -}}
{{- end -}}
{{- $host := regexReplaceAll `\.+$` (regexReplaceAll `^https?://|:[0-9]*$` $start "") "" -}}
{{- $isSecret := regexMatch `(?:^|\.)(?:hooks\.slack(?:-gov)?\.com|logic\.azure\.(?:com|us|cn)|api\.powerplatform\.com|webhook\.office\.com|chat\.googleapis\.com|hc-ping\.com|deadmanssnitch\.com|nosnch\.in)$` $host -}}
{{- $isDiscord := and (regexMatch `(?:^|\.)discord(?:app)?\.com$` $host) (regexMatch `^[^/]+//[^/]+/api/webhooks/` .value) -}}
{{- if and (eq .key "url") (or $isSecret $isDiscord) -}}
{{- fail (printf "%s is a URL with which whoever has it can post, so that it is a secret, and it would be readable in a ConfigMap: put it into a Secret that `secrets` names, and write `urlFile: /run/secrets/andon/<name>/<key>` instead." $path) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
The files that settings name, a line each: what stands below keys that end in `File` or `Files`, as all of them do. Such a path in the text of a
template is only a text. Takes a dict: `key`, the last that names files, and `value`.
*/}}
{{- define "andon.filesIn" -}}
{{- $key := .key -}}
{{- if kindIs "map" .value -}}
{{- range $name, $value := .value -}}
{{- include "andon.filesIn" (dict "key" (ternary $key $name (hasSuffix "Files" $key)) "value" $value) -}}
{{- end -}}
{{- else if kindIs "slice" .value -}}
{{- range .value -}}{{- include "andon.filesIn" (dict "key" $key "value" .) -}}{{- end -}}
{{- else if and (kindIs "string" .value) (regexMatch "Files?$" $key) (hasPrefix "/run/secrets/andon/" .value) -}}
{{- printf "%s\n" .value -}}
{{- end -}}
{{- end -}}

{{/* Files below /run/secrets/andon that settings name and that nothing mounts there. */}}
{{- define "andon.checks.secretFiles" -}}
{{- $secrets := .Values.secrets | default dict -}}
{{- $files := include "andon.filesIn" (dict "key" "" "value" (.Values.settings | default dict)) -}}
{{- range .Values.extraEnv -}}{{- $files = printf "%s\n%s" $files (include "andon.filesIn" (dict "key" "File" "value" .value)) -}}{{- end -}}
{{- range $path := regexFindAll "/run/secrets/andon/[^\n]*" $files -1 | uniq -}}
{{- $isMounted := false -}}
{{- range $.Values.extraVolumeMounts -}}
{{- if hasPrefix (printf "%s/" (trimSuffix "/" .mountPath)) (printf "%s/" $path) -}}{{- $isMounted = true -}}{{- end -}}
{{- end -}}
{{- if not $isMounted -}}
{{- $parts := splitList "/" $path -}}
{{- $name := index $parts 4 -}}
{{- $key := join "/" (slice $parts 5) -}}
{{- if not $key -}}
{{- fail (printf "settings name the file %s, and each Secret is a folder there: write /run/secrets/andon/<name>/<key>, where `secrets: { <name>: { secretName: … } }` names the Secret." $path) -}}
{{- end -}}
{{- if and (eq $name "api-token") $.Values.apiToken.secretName -}}
{{- if ne $key $.Values.apiToken.key -}}
{{- fail (printf "settings name the file %s, and of the Secret of apiToken only the key %q is mounted: write /run/secrets/andon/api-token/%s, or set apiToken.key." $path $.Values.apiToken.key $.Values.apiToken.key) -}}
{{- end -}}
{{- else if not (hasKey $secrets $name) -}}
{{- fail (printf "settings name the file %s, but secrets has no %q: add `secrets: { %s: { secretName: … } }`." $path $name $name) -}}
{{- end -}}
{{- $keys := (get $secrets $name | default dict).keys -}}
{{- if and $keys (not (has $key $keys)) -}}
{{- fail (printf "settings name the file %s, but secrets.%s.keys has no %q: add it there." $path $name $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
