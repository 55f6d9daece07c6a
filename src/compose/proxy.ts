import { SecretFile } from '../adapters/channels/posting/secret-file.ts';
import { ForwardProxy } from '../adapters/proxy/forward-proxy.ts';
import type { ProxySettings } from '../config/settings.ts';

/** What a part is made of that sends requests: its own settings, and the way out that all parts share. */
export interface Outgoing<S> {
  readonly settings: S;
  readonly proxy?: ProxySettings | undefined;
}

/** As a part's `proxy`; nothing without settings of one. */
export function composeProxy(settings: ProxySettings | undefined): { readonly proxy?: ForwardProxy } {
  if (settings === undefined) return {};
  const { url, basicAuth, except, tls } = settings;
  return {
    proxy: new ForwardProxy({
      url,
      except,
      ...(basicAuth === undefined
        ? {}
        : { basicAuth: { username: basicAuth.username, readPassword: readerOf(basicAuth.passwordFile) } }),
      ...(tls === undefined ? {} : { readCa: readerOf(tls.caFile) }),
    }),
  };
}

const variables = ['HTTPS_PROXY', 'HTTP_PROXY'];

/** Names of variables that have other programs use a proxy, in whatever case, as far as they are set. */
export function proxyVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.keys(env)
    .filter((name) => variables.includes(name.toUpperCase()) && (env[name] ?? '') !== '')
    .sort();
}

function readerOf(path: string): () => Promise<string> {
  const file = new SecretFile(path);
  return async () => await file.read();
}
