import { readFile } from 'node:fs/promises';
import { problem, type Problem } from '../problem.ts';
import { bearerOf, sameSecret } from '../same-secret.ts';
import { readToken } from '../token-file.ts';
import type { IncidentInbound } from './incident-inbound.ts';
import { unreadableSecret } from './read-body.ts';

type Credentials = Pick<NonNullable<IncidentInbound['alertmanager']>, 'tokenFile' | 'basicAuth'>;

/** Why a request is not let in, if it is not. */
export async function credentialsRefusal(
  authorization: string | undefined,
  { tokenFile, basicAuth }: Credentials,
): Promise<Problem | undefined> {
  if (basicAuth !== undefined) {
    const expected = await readPassword(basicAuth.passwordFile);
    if (expected === undefined)
      return unreadableSecret(`the password file ${basicAuth.passwordFile} is empty or cannot be read`);
    const { username, password } = basicOf(authorization);
    // Both are compared, so that the time it takes does not tell which of them is wrong.
    const fits = [sameSecret(username, basicAuth.username), sameSecret(password, expected)];
    return fits.includes(false) ? refused(authorization, 'Basic realm="andon", charset="UTF-8"', basicHint) : undefined;
  }
  const token = await readToken(tokenFile);
  if (token.kind === 'unreadable') return unreadableSecret(token.detail);
  const isSame = token.kind === 'token' && sameSecret(bearerOf(authorization), token.token);
  return isSame ? undefined : refused(authorization, 'Bearer realm="andon"', bearerHint);
}

const bearerHint =
  "Name the file under `http_config.authorization.credentials_file` of the receiver's webhook in alertmanager.yml.";
const basicHint = "Give the same under `http_config.basic_auth` of the receiver's webhook in alertmanager.yml.";

/** Undefined where there is none. Other than a token, it may have spaces inside. */
async function readPassword(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const password = text.replace(/\r?\n$/, '');
  return password === '' ? undefined : password;
}

/** User name and password of an `Authorization: Basic …` header; empty where there are none. */
function basicOf(authorization = ''): { username: string; password: string } {
  const encoded = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(authorization)?.[1] ?? '';
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon === -1) return { username: '', password: '' };
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

function refused(authorization: string | undefined, challenge: string, hint: string): Problem {
  const isMissing = authorization === undefined;
  return problem(401, {
    reason: isMissing ? 'credentials-missing' : 'credentials-wrong',
    title: 'Not authorized',
    detail: isMissing ? 'the request bears no credentials' : 'the credentials are not those that Andon expects',
    hint,
    headers: { 'www-authenticate': challenge },
  });
}
