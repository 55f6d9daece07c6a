import { failed, oneLine } from './failure.ts';
import type { Failed } from './failure.ts';
import { codeOf, messageOf } from './system-error.ts';

/** Says what an error below HTTP means. */
export function networkFailure(error: unknown, place: string): Failed {
  const code = codeOf(error);
  // Without node-fetch's preface, which repeats the URL with its query string, and without Node's advice to its own users.
  const message = oneLine(
    messageOf(error)
      .replace(/^.*failed, reason: /, '')
      .replace(/; if the root CA .*$/, ''),
  );
  if (code.startsWith('HPE_')) {
    return failed('bad-response', `${place} does not speak HTTP as it should (${code})`);
  }
  if (refusedByServer.test(code)) {
    return failed('rejected', `${place} refused the TLS client certificate (${code}); check certFile and keyFile`);
  }
  if (
    code === 'ERR_OSSL_PEM_NO_START_LINE' ||
    code.startsWith('ERR_OSSL_') ||
    code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
  ) {
    return failed('rejected', `the TLS files for ${place} cannot be used: ${message}`);
  }
  if (badServerCertificate.test(code) || code.startsWith('ERR_TLS_')) {
    return failed('unavailable', `the TLS certificate of ${place} is not trusted: ${message} (${code})`);
  }
  return failed('unavailable', `${place} cannot be reached: ${message || code}`, { retriable: true });
}

const refusedByServer =
  /^ERR_SSL_.*ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_(EXPIRED|REVOKED|UNKNOWN)|HANDSHAKE_FAILURE|ACCESS_DENIED)$/;

const badServerCertificate =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;
