import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { rateLimit, type Store as RateStore } from 'express-rate-limit';
import type { Log } from '../../app/ports/log.ts';
import type { Telemetry } from '../../app/ports/telemetry.ts';
import { refusal } from './admission.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import { problem, problemType, type Problem } from './problem.ts';
import { readInput } from './read-input.ts';
import { bodyProblem } from './body-problem.ts';
import { pagePolicy } from './page-shell.ts';
import { readToken } from './token-file.ts';

export interface AppOptions {
  readonly endpoints: readonly Endpoint[];
  /** File with the token that requests which change something must bear; may be another one at the next request. */
  readonly tokenFile: () => string | undefined;
  /** Whether only this machine can reach the server; known once it listens. */
  readonly loopbackOnly: () => boolean;
  /** Requests that change something, per address and minute. */
  readonly changesPerMinute: () => number;
  readonly rates: RateStore;
  readonly telemetry: Pick<Telemetry, 'requestAnswered'>;
  readonly log: Log;
}

const defaultBodyLimitBytes = 64 * 1024;
const minuteMs = 60_000;

/** The endpoints as an express application, with guards, limits and errors that people can read. */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.use(secured, measured(options.telemetry), withoutTrailingSlash);
  const byPath = Map.groupBy(options.endpoints, ({ path }) => path);
  const limited = limiter(options);
  for (const [path, endpoints] of byPath) {
    const route = app.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const endpoint of endpoints) {
      const guards = guardsOf(endpoint, limited, guarded(options));
      route[endpoint.method](named(path), ...guards, ...bodyReaders(endpoint), answered(endpoint));
    }
    route.all(named(path), (request: Request, response: Response) => {
      send(response, wrongMethod(request.method, endpoints));
    });
  }
  app.use((request: Request, response: Response) => {
    send(response, unknownPath(request.path));
  });
  app.use(failed(options.log));
  return app;
}

function guardsOf(
  { method, admits = 'token' }: Endpoint,
  limited: RequestHandler,
  token: RequestHandler,
): readonly RequestHandler[] {
  if (method === 'get' || admits === 'anybody') return [];
  return admits === 'signed' ? [limited] : [limited, token];
}

/** What is signed is read as it was sent, whatever it says it is; everything else is JSON. */
function bodyReaders({
  body,
  admits,
  bodyLimitBytes: limit = defaultBodyLimitBytes,
}: Endpoint): readonly RequestHandler[] {
  if (admits === 'signed') return [express.raw({ limit, type: () => true })];
  return body === undefined ? [] : [express.json({ limit, type: 'application/json' })];
}

function secured(_request: Request, response: Response, next: NextFunction): void {
  response.set({
    'cache-control': 'no-store',
    'content-security-policy': pagePolicy,
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  next();
}

/**
 * `/incidents/x/` leads to `/incidents/x`, whose links are relative. The way is relative too, so that it holds below a
 * proxy's path and leads to no other host.
 */
function withoutTrailingSlash(request: Request, response: Response, next: NextFunction): void {
  const { path, method } = request;
  const last = /([^/]+)\/+$/.exec(path)?.[1];
  if (last === undefined || (method !== 'GET' && method !== 'HEAD')) {
    next();
    return;
  }
  const slashes = path.length - path.replace(/\/+$/, '').length;
  const query = request.originalUrl.slice(request.originalUrl.indexOf(path) + path.length);
  response.redirect(308, `${'../'.repeat(slashes)}${last}${query}`);
}

/** Labels come from the route table, never from what was asked: a scanner must not make series. */
function measured(telemetry: Pick<Telemetry, 'requestAnswered'>) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const begun = performance.now();
    response.once('finish', () => {
      const route: unknown = response.locals['route'];
      telemetry.requestAnswered({
        route: typeof route === 'string' ? route : 'unknown',
        method: typeof route === 'string' ? request.method : 'any',
        status: response.statusCode,
        durationMs: performance.now() - begun,
      });
    });
    next();
  };
}

function named(route: string) {
  return (_request: Request, response: Response, next: NextFunction): void => {
    response.locals['route'] = route;
    next();
  };
}

function limiter({ changesPerMinute, rates }: AppOptions) {
  return rateLimit({
    windowMs: minuteMs,
    limit: () => changesPerMinute(),
    store: rates,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Andon trusts no forwarding header: the address of the connection is what counts.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_request, response) => {
      const facts = {
        reason: 'too-many-requests',
        title: 'Too many requests',
        detail: `at most ${changesPerMinute()} requests that change something are taken per address and minute`,
        hint: 'Wait as long as the `Retry-After` header says.',
      };
      send(response, problem(429, facts));
    },
  });
}

function guarded({ tokenFile, loopbackOnly, log }: AppOptions) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const { host, authorization, origin } = request.headers;
    const fetchSite = request.headers['sec-fetch-site'];
    const caller = {
      loopbackOnly: loopbackOnly(),
      host,
      authorization,
      origin,
      fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
      proxied: ['x-forwarded-for', 'forwarded', 'via'].some((name) => request.headers[name] !== undefined),
      route: String(response.locals['route'] ?? ''),
    };
    const refused = refusal(caller, await readToken(tokenFile()));
    if (refused === undefined) {
      next();
      return;
    }
    log.warn('a request that changes something was refused', {
      reason: refused.body.reason,
      route: response.locals['route'],
      address: request.ip,
    });
    send(response, refused);
  };
}

function answered(endpoint: Endpoint) {
  return async (request: Request, response: Response): Promise<void> => {
    const input = readInput(endpoint, request);
    send(response, input.kind === 'problem' ? input : await endpoint.answer(input));
  };
}

function failed(log: Log) {
  // Express tells an error handler by its four parameters.
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const known = bodyProblem(error);
    if (known === undefined)
      log.error('a request failed unexpectedly', { method: request.method, route: response.locals['route'], error });
    send(response, known ?? unexpected());
  };
}

function send(response: Response, answer: Answer): void {
  switch (answer.kind) {
    case 'json':
      response.status(answer.status).json(answer.body);
      return;
    case 'text':
      response.status(answer.status).set('content-type', answer.contentType).send(answer.body);
      return;
    case 'problem':
      response.status(answer.body.status).set(answer.headers).set('content-type', problemType);
      response.send(JSON.stringify(answer.body));
  }
}

function wrongMethod(method: string, endpoints: readonly Endpoint[]): Problem {
  const allowed = endpoints.flatMap((endpoint) => (endpoint.method === 'get' ? ['GET', 'HEAD'] : ['POST'])).join(', ');
  return problem(405, {
    reason: 'wrong-method',
    title: 'Method not allowed',
    detail: `this path takes ${allowed}, not ${method}`,
    hint: 'GET /api/v1/openapi.json describes every path.',
    headers: { allow: allowed },
  });
}

function unknownPath(path: string): Problem {
  return problem(404, {
    reason: 'unknown-path',
    title: 'No such path',
    detail: `there is nothing at ${path.slice(0, 200)}`,
    hint: 'GET /api/v1/openapi.json describes every path.',
  });
}

function unexpected(): Problem {
  return problem(500, {
    reason: 'unexpected',
    title: 'Something went wrong in Andon',
    detail: 'the request failed in a way Andon did not expect',
    hint: "Andon's log has the cause; please report it.",
  });
}
