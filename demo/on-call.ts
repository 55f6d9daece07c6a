import express from 'express';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import * as z from 'zod';
import { serveOnLoopback } from './loopback.ts';

/** A page as it reached the on-call person. */
export interface ReceivedPage {
  /** ms since the epoch. */
  readonly at: number;
  /** The webhook-id, which never changes however often a page is sent. */
  readonly id: string;
  readonly kind: string;
  readonly incidentId: string;
  readonly title: string;
}

const PageBody = z.object({ type: z.string(), data: z.object({ incidentId: z.string(), title: z.string() }) });

/** The on-call person's webhook. */
export interface OnCall {
  readonly url: string;
  /** Pages whose signature was right, in the order of their arrival, each id once. */
  readonly pages: readonly ReceivedPage[];
  /** How many were turned away because their signature was wrong. */
  rejected(): number;
  close(): Promise<void>;
}

/** Listens on a free loopback port and accepts pages signed with `secret` (Standard Webhooks, `whsec_…`). */
export async function startOnCall(secret: string): Promise<OnCall> {
  const webhook = new Webhook(secret);
  const pages: ReceivedPage[] = [];
  let rejected = 0;

  const app = express();
  app.disable('x-powered-by');
  app.post('/page', express.text({ type: () => true, limit: '1mb' }), (request, response) => {
    const at = Date.now();
    try {
      const id = request.get('webhook-id') ?? '';
      const { type, data } = PageBody.parse(webhook.verify(String(request.body), signatureHeaders(request.headers)));
      // Delivery is at least once: the id tells a repeat.
      if (!pages.some((page) => page.id === id)) pages.push({ at, id, kind: type, ...data });
      response.status(204).end();
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      rejected += 1;
      response.status(401).json({ error: error.message });
    }
  });

  const { url, close } = await serveOnLoopback(app);
  return { url: `${url}/page`, pages, rejected: () => rejected, close };
}

function signatureHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name] ?? '')]),
  );
}
