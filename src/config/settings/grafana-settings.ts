import * as z from 'zod';
import { httpUrl, text } from '../fields.ts';

/** The Grafana that shows Andon's dashboards. */
export const GrafanaSettings = z.strictObject({
  url: httpUrl().describe('URL under which people reach Grafana, such as `https://grafana.example.com`.'),
  datasource: text({ expected: 'the name or the uid of a data source', maxLength: 200 })
    .optional()
    .describe("Name or uid of the data source that holds Andon's metrics. Grafana's default one when left out."),
});
