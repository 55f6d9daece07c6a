import { createHmac } from 'node:crypto';

const prefix = 'whsec_';
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** Standard Webhooks: 192 to 512 bits. */
const keyBytes = { least: 24, most: 64 };

/** Reads a `whsec_…` secret; undefined when it is none. */
export function signingKey(secret: string): Buffer | undefined {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
  if (!base64.test(text)) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length < keyBytes.least || key.length > keyBytes.most ? undefined : key;
}

/** The `webhook-signature` header: one signature a key, so that a receiver may hold any of them. */
export function signature(keys: readonly Buffer[], id: string, timestampSeconds: number, body: string): string {
  const content = `${id}.${timestampSeconds}.${body}`;
  return keys.map((key) => `v1,${createHmac('sha256', key).update(content, 'utf8').digest('base64')}`).join(' ');
}
