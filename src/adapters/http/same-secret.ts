import { createHash, timingSafeEqual } from 'node:crypto';

/** Digests have one length, so that the comparison tells nothing about the secret, not even how long it is. */
export function sameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret)) && given !== '';
}

/** The token of an `Authorization: Bearer …` header; empty where there is none. */
export function bearerOf(authorization: string | undefined): string {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
