import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from '@jest/globals';
import { openApiPath, openApiText } from '../../tools/openapi-file.ts';
import { aWorld } from '../adapters/http/http-world.ts';
import { aWholeStory } from '../support/incident-story.ts';

interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, object>> }>>;
}

const document = JSON.parse(openApiText()) as OpenApi;

/** Compiles a schema of the document, which must be complete: every reference resolves, every keyword is known. */
function validatorOf(pointer: string): ValidateFunction {
  const ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    formats: { 'date-time': true },
    keywords: ['discriminator'],
  });
  ajv.addVocabulary(['openapi', 'info', 'servers', 'paths', 'components']);
  ajv.addSchema(document as unknown as AnySchema, 'andon');
  return ajv.compile({ $ref: `andon#${pointer}` });
}

function pointerOf(path: string, status: string, type: string, method = 'get'): string {
  const parts = ['paths', path, method, 'responses', status, 'content', type, 'schema'];
  return parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
}

test('docs/openapi.json is what a running Andon serves (run tools/openapi-file.ts after a change)', async () => {
  await using world = await aWorld({ version: document.info.version });

  const served: unknown = await (await world.get('/api/v1/openapi.json')).json();

  expect(JSON.parse(readFileSync(openApiPath, 'utf8'))).toEqual(document);
  expect(served).toEqual(document);
  expect(document.openapi).toBe('3.1.0');
});

test('every operation has a name of its own', () => {
  const names = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );

  expect(new Set(names).size).toBe(names.length);
  expect(names).toHaveLength(41);
});

describe('real answers fit what the document says of them', () => {
  test.each([
    ['/api/v1/services', '/api/v1/services'],
    ['/api/v1/services/{name}', '/api/v1/services/search'],
    ['/api/v1/readings', '/api/v1/readings'],
    ['/api/v1/incidents', '/api/v1/incidents'],
    ['/api/v1/incidents/{id}', '/api/v1/incidents/inc-1'],
    ['/api/v1/status', '/api/v1/status'],
    ['/api/v1/gate', '/api/v1/gate'],
    ['/api/v1/gate/{service}', '/api/v1/gate/checkout'],
    ['/api/v1/freezes', '/api/v1/freezes'],
    ['/api/v1/overrides', '/api/v1/overrides'],
    ['/api/v1/shadow', '/api/v1/shadow'],
    ['/api/v1/silences', '/api/v1/silences'],
    ['/api/v1/changes', '/api/v1/changes'],
    ['/api/v1/delivery', '/api/v1/delivery'],
    ['/api/v1/protections', '/api/v1/protections'],
    ['/-/ready', '/-/ready'],
  ])('%s', async (path, asked) => {
    await using world = await aWorld({ events: aWholeStory() });
    const validate = validatorOf(pointerOf(path, '200', 'application/json'));

    const body: unknown = await (await world.get(asked)).json();

    expect({ fits: validate(body), errors: validate.errors }).toEqual({ fits: true, errors: null });
    expect(validate({ nonsense: true })).toBe(false);
  });

  test('a problem', async () => {
    await using world = await aWorld();
    const validate = validatorOf(pointerOf('/api/v1/incidents/{id}', '404', 'application/problem+json'));

    const body: unknown = await (await world.get('/api/v1/incidents/nothing')).json();

    expect({ fits: validate(body), errors: validate.errors }).toEqual({ fits: true, errors: null });
  });
});
