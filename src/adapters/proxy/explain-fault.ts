import type { ProxyFault } from './proxy-error.ts';

/** Why a request got no further than its proxy. `away`: the same request may succeed a moment later. */
export interface ProxyFailure {
  readonly kind: 'away' | 'late' | 'rejected';
  /** For people; names the proxy. */
  readonly detail: string;
}

const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection cut off',
  EPIPE: 'connection cut off',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'its name cannot be resolved just now',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS, so write its URL with http://',
};

const badCertificate =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/** Says what a proxy did wrong. `proxy` is its name for people, `where` what was to be reached, `hasPassword` whether it is given one. */
export function explainFault(fault: ProxyFault, proxy: string, where: string, hasPassword: boolean): ProxyFailure {
  switch (fault.kind) {
    case 'status':
      return explainStatus(fault.status, proxy, where, hasPassword);
    case 'network':
      return { kind: 'away', detail: `${proxy} cannot be ${explainCode(fault.code)} (${fault.code})` };
    case 'cut-off':
      return { kind: 'away', detail: `${proxy} hung up, or broke off, before ${where} was reached` };
    case 'late':
      return { kind: 'late', detail: `${proxy} opened no connection to ${where} within ${fault.afterMs} ms` };
  }
}

function explainCode(code: string): string {
  if (badCertificate.test(code)) return 'trusted: its certificate is not valid here';
  return `reached: ${meanings[code] ?? 'the connection failed'}`;
}

function explainStatus(status: number, proxy: string, where: string, hasPassword: boolean): ProxyFailure {
  const answered = `(HTTP ${status})`;
  if (status === 407) {
    const detail = hasPassword
      ? `${proxy} does not accept the user name and password of proxy.basicAuth ${answered}`
      : `${proxy} wants a user name and a password, which proxy.basicAuth may give ${answered}`;
    return { kind: 'rejected', detail };
  }
  if (status >= 500) return { kind: 'away', detail: `${proxy} could not reach ${where} ${answered}` };
  if (status >= 300) return { kind: 'rejected', detail: `${proxy} refused to connect to ${where} ${answered}` };
  return { kind: 'rejected', detail: `${proxy} did not answer as a proxy does when it was to connect to ${where}` };
}
