import ipaddr from 'ipaddr.js';
import { problem, type Problem } from './problem.ts';
import { bearerOf, sameSecret } from './same-secret.ts';

/** The token that requests which change something must bear, as the server is set up now. */
export type Token =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'unreadable'; readonly detail: string };

/** Headers of a request that changes something, and where the server listens. */
export interface Caller {
  readonly loopbackOnly: boolean;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  /** True when a proxy passed the request on, so that the caller may be anywhere. */
  readonly proxied: boolean;
  /** Its path, as the endpoints know it: `/api/v1/changes`. */
  readonly route: string;
}

/**
 * Whether a request may change something: with the token, or without one when it can only come from this machine.
 * Undefined when it may.
 */
export function refusal(caller: Caller, token: Token): Problem | undefined {
  switch (token.kind) {
    case 'token':
      return sameSecret(bearerOf(caller.authorization), token.token) ? undefined : unauthorized(caller.authorization);
    case 'unreadable':
      return problem(503, {
        reason: 'token-unreadable',
        title: 'The token cannot be read',
        detail: token.detail,
        hint: 'Put the token into the file that `api.tokenFile` names and make it readable for Andon.',
      });
    case 'none':
      return refusalWithoutToken(caller);
  }
}

const setToken =
  'Set `api.tokenFile` in the settings and send its content as `Authorization: Bearer …`; with the CLI, use --token-file.';

function refusalWithoutToken(caller: Caller): Problem | undefined {
  if (!caller.loopbackOnly) {
    return forbidden(
      'no-token-configured',
      'Andon can be reached from other machines and no token is configured, so it changes nothing on request',
      setToken,
    );
  }
  if (caller.proxied) {
    return forbidden(
      'no-token-configured',
      'the request came through a proxy (it bears X-Forwarded-For, Forwarded or Via), so it may be from another machine, and no token is configured',
      setToken,
    );
  }
  // A web page can make a browser resolve its own name to 127.0.0.1; then the Host header is that name.
  if (!isLoopbackHost(caller.host)) {
    return forbidden(
      'foreign-host',
      'the Host header names another machine than this one',
      'Call Andon by 127.0.0.1 or localhost, or set `api.tokenFile` and send the token.',
    );
  }
  // A web page can post to localhost without asking first; a browser then says where the page came from.
  if (isForeignPage(caller)) {
    return forbidden(
      'foreign-page',
      'a web page from elsewhere made this request',
      `Use ${commandFor(caller.route)}curl on this machine, or set \`api.tokenFile\` and send the token.`,
    );
  }
  return undefined;
}

/** What does the same on the command line, the nearest first. */
const commands: readonly (readonly [RegExp, string])[] = [
  [/\/changes(\/|$)/, 'andon change record'],
  [/\/silences?(\/|$)/, 'andon silence'],
  [/\/freeze$/, 'andon stop'],
  [/\/lift$/, 'andon lift'],
  [/\/override$/, 'andon override'],
  [/\/overrides\//, 'andon end-override'],
  [/\/incidents\//, 'andon incidents'],
  [/\/channels\//, 'andon notify test'],
];

function commandFor(route: string): string {
  const command = commands.find(([path]) => path.test(route))?.[1];
  return command === undefined ? '' : `\`${command}\` or `;
}

function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  return name === 'localhost' || isLoopbackAddress(name);
}

export function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function isForeignPage({ origin, fetchSite, host }: Caller): boolean {
  if (fetchSite !== undefined) return fetchSite !== 'same-origin' && fetchSite !== 'none';
  return origin !== undefined && origin !== `http://${host ?? ''}`;
}

function unauthorized(authorization: string | undefined): Problem {
  return problem(401, {
    reason: authorization === undefined ? 'token-missing' : 'token-wrong',
    title: 'Not authorized',
    detail: authorization === undefined ? 'the request bears no token' : 'the token is not the one Andon expects',
    hint: 'Send the content of the token file as `Authorization: Bearer …`; with the CLI, use --token-file.',
    headers: { 'www-authenticate': 'Bearer realm="andon"' },
  });
}

function forbidden(reason: string, detail: string, hint: string): Problem {
  return problem(403, { reason, title: 'Forbidden', detail, hint });
}
