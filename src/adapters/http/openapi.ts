import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiOverrideContext,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import type { Described, Endpoint } from './endpoint.ts';
import { problemType, ProblemWire } from './problem.ts';

/** Describes the endpoints as OpenAPI 3.1, from the same schemas that requests are held to. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: describe(endpoint) };
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Andon',
        version,
        description:
          'A monitor that stops the line. Times are ISO 8601 in UTC, durations are seconds, and what is not known is absent or has a named reason.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      paths,
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'The content of the token file. Not needed on loopback while no token file is configured.',
          },
        },
      },
    },
    { override: leaveOpen },
  );
}

/** Answers may grow fields, so clients must not be told that there are no others. Requests stay closed. */
function leaveOpen({ jsonSchema, io }: ZodOpenApiOverrideContext): void {
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

function describe(endpoint: Endpoint): ZodOpenApiOperationObject {
  const guarded = endpoint.method === 'post' && (endpoint.admits ?? 'token') === 'token';
  const responses: ZodOpenApiResponsesObject = {};
  const own = { ...endpoint.answers, ...(guarded ? guardAnswers : {}), ...inputAnswers(endpoint) };
  for (const [status, described] of Object.entries(own)) {
    responses[status as `${1 | 2 | 3 | 4 | 5}${string}`] = response(Number(status), described);
  }
  const requestParams = { ...pick('path', endpoint.params), ...pick('query', endpoint.query) };
  return {
    operationId: endpoint.name,
    summary: endpoint.summary,
    ...(guarded ? { security: [{ token: [] }, {}] } : {}),
    ...(Object.keys(requestParams).length > 0 ? { requestParams } : {}),
    ...(endpoint.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: endpoint.body } } } }),
    responses,
  } as ZodOpenApiOperationObject;
}

const guardAnswers: Readonly<Record<number, Described>> = {
  401: { description: 'The token is missing or wrong.' },
  403: { description: 'No token is configured and the caller may be elsewhere.' },
  429: { description: 'Too many requests; `Retry-After` says when to come back.' },
};

function inputAnswers(endpoint: Endpoint): Readonly<Record<number, Described>> {
  if (endpoint.body !== undefined) {
    return {
      400: { description: 'The request is malformed or does not fit the schema.' },
      413: { description: 'The body is too large.' },
      415: { description: 'The body is not JSON.' },
    };
  }
  return endpoint.query === undefined && endpoint.params === undefined
    ? {}
    : { 400: { description: 'A parameter does not fit.' } };
}

function response(status: number, { description, schema, contentType }: Described) {
  if (schema !== undefined) return { description, content: { 'application/json': { schema } } };
  if (contentType !== undefined)
    return { description, content: { [contentType]: { schema: { type: 'string' as const } } } };
  return status >= 400 ? { description, content: { [problemType]: { schema: ProblemWire } } } : { description };
}

function pick(place: 'path' | 'query', schema: unknown): object {
  return schema === undefined ? {} : { [place]: schema };
}
