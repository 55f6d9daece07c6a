import { createPrivateKey, sign, type KeyObject } from 'node:crypto';

/** The private key of the App cannot be used; the message never shows what the file holds. */
export class AppKeyError extends Error {
  override readonly name = 'AppKeyError';
}

/** Clocks differ: a token that begins in GitHub's future is refused, seconds. */
const slackS = 60;
/** GitHub takes none that lasts longer than ten minutes, seconds. */
const lifeS = 540;

/** The App's own proof of who it is (RFC 7519, RS256). `now`: ms since the epoch. Throws AppKeyError. */
export function appJwt(appId: string, pem: string, now: number): string {
  const key = rsaKey(pem);
  const at = Math.floor(now / 1000);
  const parts = [
    { alg: 'RS256', typ: 'JWT' },
    { iat: at - slackS, exp: at + lifeS, iss: appId },
  ];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

/** What keeps a text from being the private key of an App; undefined when nothing does. */
export function appKeyProblem(pem: string): string | undefined {
  try {
    rsaKey(pem);
    return undefined;
  } catch (error) {
    if (error instanceof AppKeyError) return error.message;
    throw error;
  }
}

function rsaKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new AppKeyError('the private key of the GitHub App is no private key in PEM, or is locked by a passphrase');
  }
  if (key.asymmetricKeyType === 'rsa') return key;
  throw new AppKeyError(
    `the private key of the GitHub App must be an RSA key, and this one is ${key.asymmetricKeyType}`,
  );
}
