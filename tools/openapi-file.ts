/** Writes docs/openapi.json, the same document that a running Andon serves. Run it, and `npm run format`, after a change of the API. */
import { readFileSync, writeFileSync } from 'node:fs';
import { apiEndpoints } from '../src/adapters/http/endpoints/all-endpoints.ts';
import type { HttpParts } from '../src/adapters/http/http-parts.ts';
import { openApiDocument } from '../src/adapters/http/openapi.ts';

export const openApiPath = 'docs/openapi.json';

export function openApiText(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  // Describing an endpoint runs none of it, so that no parts are needed.
  const endpoints = apiEndpoints({} as HttpParts, version);
  return `${JSON.stringify(openApiDocument(endpoints, version), undefined, 2)}\n`;
}

if (import.meta.main) writeFileSync(new URL(`../${openApiPath}`, import.meta.url), openApiText());
