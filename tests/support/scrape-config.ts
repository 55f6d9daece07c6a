/** One scrape job: its name and the host:port of its targets. */
export interface ScrapeJob {
  readonly job: string;
  readonly targets: readonly string[];
  readonly metricsPath?: string;
}

/** The part of a configuration that Prometheus and VictoriaMetrics share. */
export function scrapeConfig(jobs: readonly ScrapeJob[], intervalMs: number) {
  return {
    global: { scrape_interval: `${intervalMs}ms`, scrape_timeout: `${intervalMs}ms` },
    scrape_configs: jobs.map(({ job, targets, metricsPath }) => ({
      job_name: job,
      ...(metricsPath === undefined ? {} : { metrics_path: metricsPath }),
      static_configs: [{ targets }],
    })),
  };
}
