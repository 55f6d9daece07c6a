{{/* What keeps others from Andon, Andon from others, and the nodes from being drained. */}}
{{- define "andon.checks.network" -}}
{{- with .Values.networkPolicy -}}
{{- if and .enabled .egress.enabled (not .egress.rules) -}}
{{- fail "networkPolicy.egress.enabled is true and networkPolicy.egress.rules is empty: Andon would reach neither its sources nor its channels. Name them there, as docs/kubernetes.md shows under Network." -}}
{{- end -}}
{{- end -}}
{{- with .Values.podDisruptionBudget -}}
{{- $least := toString (.minAvailable | default "0") -}}
{{- if and .enabled (regexMatch "[1-9]" $least) -}}
{{- fail (printf "podDisruptionBudget.minAvailable is %s: there is one pod, and no drain of its node would ever end. Leave it out, and set maxUnavailable to 1." $least) -}}
{{- end -}}
{{- if and .enabled (has (toString .minAvailable) (list "" "<nil>")) (not (regexMatch "[1-9]" (toString .maxUnavailable))) -}}
{{- fail (printf "podDisruptionBudget.maxUnavailable is %v: there is one pod, and no drain of its node would ever end. Set it to 1." .maxUnavailable) -}}
{{- end -}}
{{- end -}}
{{- include "andon.checks.outside" . -}}
{{- end -}}

{{/* Ways to Andon from outside the cluster. */}}
{{- define "andon.checks.outside" -}}
{{- with .Values.service -}}
{{- if and .nodePort (eq .type "ClusterIP") -}}
{{- fail "service.nodePort is set, and a Service of the type ClusterIP has none: set service.type to NodePort or LoadBalancer, or leave it out." -}}
{{- end -}}
{{- if and .loadBalancerSourceRanges (ne .type "LoadBalancer") -}}
{{- fail (printf "service.loadBalancerSourceRanges is set, and a Service of the type %s keeps nobody out: set service.type to LoadBalancer, or leave it out." .type) -}}
{{- end -}}
{{- end -}}
{{- with .Values.service -}}
{{- if and .loadBalancerClass (ne .type "LoadBalancer") -}}
{{- fail (printf "service.loadBalancerClass is set, and service.type is %s: set service.type to LoadBalancer, or leave it out." .type) -}}
{{- end -}}
{{- if and .externalTrafficPolicy (eq .type "ClusterIP") -}}
{{- fail "service.externalTrafficPolicy is set, and nothing comes to a Service of the type ClusterIP from outside: set service.type to NodePort or LoadBalancer, or leave it out." -}}
{{- end -}}
{{- if and (eq (toString .clusterIP) "None") (ne .type "ClusterIP") -}}
{{- fail (printf "service.clusterIP is None, and a Service of the type %s has an address: set service.type to ClusterIP, or leave it out." .type) -}}
{{- end -}}
{{- end -}}
{{- $ports := list (int .Values.service.port) -}}
{{- $names := list -}}
{{- range .Values.service.extraPorts -}}
{{- if or (has (int .port) $ports) (has .name $names) -}}
{{- fail (printf "service.extraPorts has %s with the number %v, and the Service has a port of this %s already: give it another." .name .port (ternary "number" "name" (has (int .port) $ports))) -}}
{{- end -}}
{{- if eq (toString (.targetPort | default .port)) (toString $.Values.port) -}}
{{- fail (printf "service.extraPorts has %s, which leads to %v in the pod, and that is `port`, Andon's own, which service.port leads to: give it the port of another container." .name $.Values.port) -}}
{{- end -}}
{{- $ports = append $ports (int .port) -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- range $name, $what := dict "ingress" "hosts" "httpRoute" "parentRefs" -}}
{{- with get $.Values $name -}}
{{- if and .enabled (not $.Values.service.enabled) -}}
{{- fail (printf "%s.enabled needs service.enabled, since it leads to the Service: set that to true." $name) -}}
{{- end -}}
{{- if and .enabled (not (get . $what)) -}}
{{- fail (printf "%s.enabled is true and %s.%s is empty: write %s." $name $name $what (ternary "`hosts: [andon.example.com]`" "`parentRefs: [{ name: <the Gateway> }]`" (eq $name "ingress"))) -}}
{{- end -}}
{{- if and .port (not (has (int .port) $ports)) -}}
{{- fail (printf "%s.port is %v, which the Service has not: write service.port, or one of service.extraPorts." $name .port) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
