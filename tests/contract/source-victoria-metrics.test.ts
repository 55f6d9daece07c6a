import { createPrometheusSource } from '../../src/adapters/prometheus/source.ts';
import { startVictoriaMetrics } from '../support/victoria-metrics-server.ts';
import { remoteWrite } from '../support/remote-write.ts';
import { describeSourceContract } from './source.contract.ts';

describeSourceContract('VictoriaMetrics', async () => {
  const server = await startVictoriaMetrics();
  const source = createPrometheusSource({ name: 'main', url: server.url });
  return {
    source,
    async write(series) {
      await remoteWrite(`${server.url}/api/v1/write`, series);
      // Samples become visible when they leave the write buffer.
      await (await fetch(`${server.url}/internal/force_flush`)).text();
    },
    async [Symbol.asyncDispose]() {
      await source.close();
      await server.stop();
    },
  };
});
