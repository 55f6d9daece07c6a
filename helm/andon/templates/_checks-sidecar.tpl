{{/*
What a sidecar takes from the pod of its service, and not from here. Each key has what is told of it. The values of a pod count for that of
checkFirst too, and are refused only where there is none.
*/}}
{{- define "andon.checks.sidecarValues" -}}
{{- $policies := dict -}}
{{- $_ := set $policies "networkPolicy" "beside a service, a policy counts for the whole pod, and is the service's own" -}}
{{- $_ = set $policies "podDisruptionBudget" "the pod of a sidecar is the service's" -}}
{{- range $name, $why := $policies -}}
{{- if (get $.Values $name).enabled -}}
{{- fail (printf "%s.enabled is for mode deployment: %s." $name $why) -}}
{{- end -}}
{{- end -}}
{{- range $name := list "extraContainers" "extraInitContainers" -}}
{{- if get $.Values $name -}}
{{- fail (printf "%s is for mode deployment: the pod of a sidecar is the service's, and the other chart writes its containers." $name) -}}
{{- end -}}
{{- end -}}
{{- /* What values.yaml says, where that is not nothing. */}}
{{- $usual := dict "terminationGracePeriodSeconds" 30 "revisionHistoryLimit" 3 -}}
{{- $_ = set $usual "podSecurityContext" (dict "runAsNonRoot" true "runAsUser" 65532 "runAsGroup" 65532 "fsGroup" 65532 "fsGroupChangePolicy" "OnRootMismatch" "seccompProfile" (dict "type" "RuntimeDefault")) -}}
{{- $_ = set $usual "readinessProbe" (dict "httpGet" (dict "path" "/-/ready" "port" "http") "periodSeconds" 5 "timeoutSeconds" 5 "failureThreshold" 3) -}}
{{- $_ = set $usual "startupProbe" (dict "httpGet" (dict "path" "/-/healthy" "port" "http") "periodSeconds" 2 "timeoutSeconds" 5 "failureThreshold" 60) -}}
{{- $never := list "terminationGracePeriodSeconds" "readinessProbe" "startupProbe" "revisionHistoryLimit" "deploymentAnnotations" -}}
{{- $forTheJob := list "podSecurityContext" "podLabels" "podAnnotations" "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" "schedulerName" "runtimeClassName" "hostAliases" "dnsPolicy" "dnsConfig" "imagePullSecrets" -}}
{{- $refused := ternary $never (concat $never $forTheJob) .Values.checkFirst.enabled -}}
{{- range $key := $refused -}}
{{- $value := get $.Values $key -}}
{{- if and $value (ne (toJson $value) (toJson (get $usual $key))) -}}
{{- fail (printf "%s has no effect on a sidecar, whose pod is the service's: write it there, in the other chart%s." $key (ternary " (with checkFirst.enabled it counts for the pod of that Job)" "" (has $key $forTheJob))) -}}
{{- end -}}
{{- end -}}
{{- with .Values.serviceAccount -}}
{{- if or .annotations .automountToken -}}
{{- fail "serviceAccount.annotations and serviceAccount.automountToken have no effect on a sidecar, whose pod is the service's: write them there, in the other chart." -}}
{{- end -}}
{{- if and .name (not $.Values.checkFirst.enabled) -}}
{{- fail "serviceAccount.name has no effect on a sidecar, whose pod is the service's: write serviceAccountName there, in the other chart (with checkFirst.enabled it counts for the pod of that Job)." -}}
{{- end -}}
{{- end -}}
{{- end -}}
