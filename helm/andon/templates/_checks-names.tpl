{{/* Names that become those of files, volumes and labels. */}}
{{- define "andon.checks.names" -}}
{{- include "andon.checks.ruleFiles" . -}}
{{- include "andon.checks.ruleMaps" . -}}
{{- range $name, $_ := .Values.secrets -}}
{{- if not (regexMatch "^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$" $name) -}}
{{- fail (printf "secrets has %q, and that is to be the name of a volume and a folder: at most 48 lower-case letters, digits and hyphens, such as %q. The Secret itself, `secretName`, may be called otherwise." $name (regexReplaceAll "[^a-z0-9]+" (lower $name) "-" | trunc 48 | trimAll "-")) -}}
{{- end -}}
{{- end -}}
{{- if hasKey (.Values.secrets | default dict) "api-token" -}}
{{- fail "secrets.api-token: that name is taken by apiToken, which mounts the token and names it to Andon." -}}
{{- end -}}
{{- range .Values.extraVolumes -}}
{{- if hasPrefix "andon-" .name -}}
{{- fail (printf "extraVolumes has %q, and names that begin with `andon-` are the chart's: call it for instance %q." .name (trimPrefix "andon-" .name)) -}}
{{- end -}}
{{- end -}}
{{- range .Values.extraVolumeMounts -}}
{{- $name := trimSuffix "/" .mountPath | trimPrefix "/run/secrets/andon/" -}}
{{- if or (hasKey ($.Values.secrets | default dict) $name) (and (eq $name "api-token") $.Values.apiToken.secretName) -}}
{{- fail (printf "extraVolumeMounts has %s, and the chart mounts a Secret there already: leave one of them out." .mountPath) -}}
{{- end -}}
{{- end -}}
{{- include "andon.checks.mounts" . -}}
{{- $labelled := dict "commonLabels" .Values.commonLabels "podLabels" .Values.podLabels "service.labels" .Values.service.labels "test.podLabels" .Values.test.podLabels -}}
{{- range $key, $labels := $labelled -}}
{{- range $label := list "app.kubernetes.io/name" "app.kubernetes.io/instance" -}}
{{- if hasKey ($labels | default dict) $label -}}
{{- fail (printf "%s has %s, by which the Service, the scrape and the Deployment find Andon: it is the chart's. For another name there are nameOverride and the name of the release." $key $label) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Where further volumes are mounted. Into the pod of a sidecar the other chart may put volumes of its own, which cannot be seen from here; the pod of
checkFirst has none of them.
*/}}
{{- define "andon.checks.mounts" -}}
{{- $volumes := list -}}
{{- range .Values.extraVolumes -}}{{- $volumes = append $volumes .name -}}{{- end -}}
{{- $taken := list "/etc/andon" "/etc/andon/settings" "/etc/andon/rules" "/etc/andon/rules/chart" "/var/lib/andon" -}}
{{- range include "andon.ruleMaps" . | fromYamlArray -}}{{- $taken = append $taken (printf "/etc/andon/rules/%s" .name) -}}{{- end -}}
{{- $isOurPod := or (eq .Values.mode "deployment") .Values.checkFirst.enabled -}}
{{- range .Values.extraVolumeMounts -}}
{{- $path := regexReplaceAll "/+" .mountPath "/" | trimSuffix "/" -}}
{{- if has $path $taken -}}
{{- fail (printf "extraVolumeMounts has %s, where the chart mounts settings, rules or the event log, which would be hidden: mount it elsewhere, such as /etc/andon/%s." .mountPath .name) -}}
{{- end -}}
{{- if and $isOurPod (not (has .name $volumes)) (not (hasPrefix "andon-" .name)) -}}
{{- fail (printf "extraVolumeMounts mounts %q at %s, and extraVolumes has no volume of this name: add it there." .name .mountPath) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What of rules.files cannot be the text of a rule file under a name that Andon reads. */}}
{{- define "andon.checks.ruleFiles" -}}
{{- $bytes := 0 -}}
{{- range .Values.rules.files -}}{{- if kindIs "string" . -}}{{- $bytes = add $bytes (len .) -}}{{- end -}}{{- end -}}
{{- if gt (int $bytes) 700000 -}}
{{- fail (printf "rules.files has %d bytes, more than Kubernetes takes in a ConfigMap or Helm keeps of a release: put the rules into ConfigMaps of your own, each below 1 MB, and name these under rules.configMaps." (int $bytes)) -}}
{{- end -}}
{{- range $name, $text := .Values.rules.files -}}
{{- if not (kindIs "string" $text) -}}
{{- if and (not (regexMatch "\\.ya?ml$" $name)) (or (hasKey $text "yaml") (hasKey $text "yml")) (kindIs "string" (values $text | first)) -}}
{{- fail (printf "rules.files.%s is a mapping: Helm takes a dot in a name for a step down. Write it behind a backslash, in quotes: --set-file 'rules.files.%s\\.yaml=%s.yaml'." $name $name $name) -}}
{{- end -}}
{{- $file := ternary $name (printf "%s.yaml" $name) (regexMatch "\\.ya?ml$" $name) -}}
{{- fail (printf "rules.files.%s is a mapping, and a rule file is given as text: write it as text with `|`, that is `%s: |`, and the file below it, indented." $name $file) -}}
{{- end -}}
{{- if not (regexMatch "^[A-Za-z0-9_-][A-Za-z0-9._-]*\\.ya?ml$" $name) -}}
{{- fail (printf "rules.files has %q, and Andon reads only files that end in .yaml or .yml, of letters, digits, `.`, `_` and `-`: call it for instance %q. On the command line a dot stands behind a backslash: --set-file 'rules.files.checkout\\.yaml=checkout.yaml'." $name (printf "%s.yaml" (regexReplaceAll "[^A-Za-z0-9_-]+" $name "-" | trimAll "-"))) -}}
{{- end -}}
{{- $line := trim $text -}}
{{- if and (not (contains "\n" $line)) (or (not (contains ":" $line)) (regexMatch "\\.ya?ml$" $line)) -}}
{{- fail (printf "rules.files.%s holds one line, which is no rule file: to give the content of a file, write --set-file instead of --set: --set-file 'rules.files.%s=<path of the file>'." $name (replace "." "\\." $name)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* ConfigMaps are mounted side by side, under their names. */}}
{{- define "andon.checks.ruleMaps" -}}
{{- $names := list -}}
{{- range (include "andon.ruleMaps" . | fromYamlArray) -}}
{{- if has .name $names -}}
{{- fail (printf "rules.configMaps names %q twice: leave one of them out." .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- if and .Values.rules.files (has "chart" $names) -}}
{{- fail "rules.configMaps has \"chart\", and the files of rules.files are mounted at the place that a ConfigMap of this name would have: give the ConfigMap another name." -}}
{{- end -}}
{{- end -}}

{{/* Where the image is; tag and digest have values of their own. */}}
{{- define "andon.checks.image" -}}
{{- $repository := .Values.image.repository -}}
{{- if contains "://" $repository -}}
{{- fail (printf "image.repository is %s: images have no scheme. Write %s." $repository (regexReplaceAll "^.*://" $repository "")) -}}
{{- end -}}
{{- if contains "@" $repository -}}
{{- fail (printf "image.repository is %s, with a digest in it: write image.repository: %s and image.digest: %s." $repository (regexReplaceAll "@.*$" $repository "") (regexFind "[^@]*$" $repository)) -}}
{{- end -}}
{{- if regexMatch ":[^/]*$" $repository -}}
{{- fail (printf "image.repository is %s, with a tag in it: write image.repository: %s and image.tag: %q." $repository (regexReplaceAll ":[^/]*$" $repository "") (regexFind "[^:]*$" $repository)) -}}
{{- end -}}
{{- if regexMatch "[A-Z]" $repository -}}
{{- fail (printf "image.repository is %s, and images have no upper-case letters in their names: write %s." $repository (lower $repository)) -}}
{{- end -}}
{{- if and $repository (not (regexMatch "^[a-z0-9]([a-z0-9._/:-]*[a-z0-9])?$" $repository)) -}}
{{- fail (printf "image.repository is %q, which is no name of an image: write it like registry.example.com/andon." $repository) -}}
{{- end -}}
{{- end -}}
