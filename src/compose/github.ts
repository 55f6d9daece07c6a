import { Poster } from '../adapters/channels/posting/poster.ts';
import { SecretFile } from '../adapters/channels/posting/secret-file.ts';
import { GitHubApp } from '../adapters/github/github-app.ts';
import type { Clock } from '../app/ports/clock.ts';
import type { ProtectionAnswerer } from '../app/ports/protection-answerer.ts';
import type { ProxySettings, Settings } from '../config/settings.ts';
import { composeProxy } from './proxy.ts';

type AppSettings = NonNullable<NonNullable<Settings['inbound']['github']>['app']>;

/** How long one request to GitHub may take, ms. */
const timeoutMs = 15_000;
const concurrency = 8;

/** The GitHub App that the settings name now, if any. */
export interface CurrentGitHubApp {
  readonly current: () => ProtectionAnswerer | undefined;
  /** From now on the App of these settings; one whose settings are as before stays, with its tokens. */
  use(settings: Settings): void;
  close(): Promise<void>;
}

export function createCurrentGitHubApp(clock: Clock): CurrentGitHubApp {
  let made: { readonly key: string; readonly app: GitHubApp } | undefined;
  return {
    current: () => made?.app,
    use({ inbound, proxy }) {
      const settings = inbound.github?.app;
      const key = JSON.stringify([settings, proxy]);
      if (made?.key === key) return;
      void made?.app.close();
      made = settings === undefined ? undefined : { key, app: composeGitHubApp(settings, clock, proxy) };
    },
    async close() {
      await made?.app.close();
    },
  };
}

function composeGitHubApp(
  { id, privateKeyFile, apiUrl, waitAtMost }: AppSettings,
  clock: Clock,
  proxy: ProxySettings | undefined,
): GitHubApp {
  const key = new SecretFile(privateKeyFile);
  const posting = new Poster(
    {
      name: 'github',
      url: apiUrl,
      timeoutMs,
      concurrency,
      headers: {},
      headerFiles: {},
      allowAddresses: [],
      denyAddresses: [],
    },
    { clock, ...composeProxy(proxy) },
  );
  const options = { id: String(id), apiUrl, waitAtMostMs: waitAtMost };
  return new GitHubApp(options, { clock, posting, readKey: async () => await key.read() });
}
