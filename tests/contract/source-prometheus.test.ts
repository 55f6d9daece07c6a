import { createPrometheusSource } from '../../src/adapters/prometheus/source.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { remoteWrite } from '../support/remote-write.ts';
import { describeSourceContract } from './source.contract.ts';

describeSourceContract('Prometheus, below a path prefix', async () => {
  const server = await startPrometheus({ pathPrefix: '/prometheus' });
  const source = createPrometheusSource({ name: 'main', url: `${server.url}/` });
  return {
    source,
    write: async (series) => remoteWrite(`${server.url}/api/v1/write`, series),
    async [Symbol.asyncDispose]() {
      await source.close();
      await server.stop();
    },
  };
});
