import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import fetch from 'node-fetch';

/** Customers of the shop. */
export interface Traffic {
  /** Requests answered so far, whatever the answer. */
  answered(): number;
  stop(): Promise<void>;
}

const inFlightLimit = 200;
const answerTimeoutMs = 10_000;

/**
 * Sends requests at a steady rate over kept-alive connections, without waiting for answers, as real customers do.
 * When too many are under way it sends fewer rather than piling up.
 */
export function startTraffic(shopUrl: string, perSecond: number): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlightLimit });
  const ending = new AbortController();
  const inFlight = new Set<Promise<void>>();
  let answered = 0;

  const visit = async (path: string, method: string): Promise<void> => {
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(answerTimeoutMs)]);
    try {
      const response = await fetch(shopUrl + path, { method, agent, signal });
      await response.arrayBuffer();
      answered += 1;
    } catch {
      // A customer who got no answer; the shop's metrics, not the customer, are what is watched here.
    }
  };

  const keepVisiting = async (): Promise<void> => {
    const startedAt = performance.now();
    for (let sent = 0; !ending.signal.aborted; sent += 1) {
      const dueInMs = startedAt + (sent * 1000) / perSecond - performance.now();
      if (dueInMs > 0) await sleep(dueInMs, undefined, { signal: ending.signal }).catch(() => {});
      if (ending.signal.aborted || inFlight.size >= inFlightLimit) continue;
      const visiting = sent % 2 === 0 ? visit('/catalogue', 'GET') : visit('/checkout', 'POST');
      inFlight.add(visiting);
      void visiting.finally(() => inFlight.delete(visiting));
    }
  };

  const running = keepVisiting();
  return {
    answered: () => answered,
    async stop() {
      ending.abort();
      await running;
      await Promise.all(inFlight);
      agent.destroy();
    },
  };
}
