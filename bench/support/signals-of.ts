/** The two signals of each service that the benches watch, as lines of a rule file. */
export function signalsOf(name: string): string {
  return `  signals:
    success_rate:
      ratio:
        good: http_requests_total{service="${name}",code!~"5.."}
        total: http_requests_total{service="${name}"}
    latency:
      latency: { histogram: 'http_request_duration_seconds{service="${name}"}', threshold: 300ms }
`;
}
