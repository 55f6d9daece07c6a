import express, { type Express, type Request, type Response } from 'express';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { serveOnLoopback } from './loopback.ts';

/** What is wrong with the shop: the share of requests that fail, 0 to 1, and the time each one takes longer, ms. */
export interface Fault {
  readonly errorRatio: number;
  readonly delayMs: number;
}
export const noFault: Fault = { errorRatio: 0, delayMs: 0 };

/** A small web shop with Prometheus metrics and a switch that breaks it. */
export interface Shop {
  readonly url: string;
  /** Breaks or heals it from the next request on; answers with the moment, ms since the epoch. */
  setFault(fault: Fault): number;
  close(): Promise<void>;
}

const ordinaryMs = { fast: 4, spread: 12 };

/** Opens the shop on a free loopback port. */
export async function startShop(): Promise<Shop> {
  const registry = new Registry();
  const state = { fault: noFault, owed: 0 };
  const server = await serveOnLoopback(shopApp(registry, state));
  return {
    ...server,
    setFault(fault) {
      state.fault = fault;
      state.owed = 0;
      return Date.now();
    },
  };
}

function shopApp(registry: Registry, state: { fault: Fault; owed: number }): Express {
  const metrics = shopMetrics(registry);
  let waiting = 0;

  const serve = (route: string) => async (_request: Request, response: Response) => {
    const endTimer = metrics.duration.startTimer({ route });
    // Decided on arrival, so that a fault begins and ends at the moment that is reported as the truth.
    const { errorRatio, delayMs } = state.fault;
    const fails = isDue(state, errorRatio);
    metrics.queue.set((waiting += 1));
    await new Promise((done) => setTimeout(done, ordinaryMs.fast + Math.random() * ordinaryMs.spread + delayMs));
    metrics.queue.set((waiting -= 1));
    const code = fails ? 503 : 200;
    endTimer();
    metrics.requests.inc({ route, code });
    response.status(code).json(fails ? { error: 'The payment provider does not answer.' } : { ok: true });
  };

  const app = express();
  app.disable('x-powered-by');
  app.get('/', (_request, response) => {
    response.type('text').send('The shop of the Andon demo. GET /catalogue, POST /checkout, GET /metrics.\n');
  });
  app.get('/catalogue', serve('/catalogue'));
  app.post('/checkout', serve('/checkout'));
  app.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return app;
}

/** Spreads failures evenly, so that 20 % means every fifth request and the shortest look already shows it. */
function isDue(state: { owed: number }, ratio: number): boolean {
  state.owed += ratio;
  if (state.owed < 1 - 1e-9) return false;
  state.owed -= 1;
  return true;
}

function shopMetrics(registry: Registry) {
  const registers = [registry];
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, by route and status code.',
    labelNames: ['route', 'code'],
    registers,
  });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from arrival to answer, by route.',
    labelNames: ['route'],
    buckets: [0.05, 0.1, 0.3, 0.5, 1, 2.5, 5],
    registers,
  });
  const queue = new Gauge({ name: 'shop_queue_depth', help: 'Requests waiting for an answer.', registers });
  for (const route of ['/catalogue', '/checkout']) {
    // A counter that starts at zero shows its first error as an increase; one that appears with it does not.
    requests.inc({ route, code: 200 }, 0);
    requests.inc({ route, code: 503 }, 0);
    duration.zero({ route });
  }
  queue.set(0);
  return { requests, duration, queue };
}
