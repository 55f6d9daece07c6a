import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import type { Problem } from '../problem.ts';
import { channelKinds } from './channels/channel-settings.ts';
import type { PostingSettings } from './channels/posting-fields.ts';
import type { Settings } from './settings-file.ts';

/**
 * Whether a URL's host may be posted to, as far as the URL alone tells: a literal address may be denied, and nobody knows
 * of a name. Given by whoever posts.
 */
export type HostJudge = (hostname: string, allowed: readonly string[], denied: readonly string[]) => boolean;

/** An error for each URL in the settings to which nothing would ever be posted. */
export function deniedHostProblems({ channels, heartbeat }: Settings, mayBeCalled: HostJudge): readonly Problem[] {
  const posting = channels.flatMap((channel, index) =>
    channelKinds.flatMap((kind) => urlsOf(channel[kind], ['channels', index, kind])),
  );
  return [...posting, ...urlsOf(heartbeat, ['heartbeat'])].flatMap(({ url, path, allowed, denied }) => {
    const hostname = URL.parse(url)?.hostname;
    if (hostname === undefined || mayBeCalled(hostname, allowed, denied)) return [];
    const message = `Andon posts nothing to ${hostname}: the address is link-local, hands out credentials of a cloud, or is denied here`;
    const hint = 'write another address, or name the network under allowAddresses if it is really meant';
    return [{ path, code: 'denied-address', message, hint }];
  });
}

interface Posting extends Partial<Pick<PostingSettings, 'url' | 'allowAddresses' | 'denyAddresses'>> {
  readonly urls?: readonly string[] | undefined;
}

function urlsOf(posting: Posting | undefined, at: DeclarationPath) {
  if (posting === undefined) return [];
  const { url, urls = [], allowAddresses: allowed = [], denyAddresses: denied = [] } = posting;
  const places: readonly { readonly url: string; readonly path: DeclarationPath }[] = [
    ...(url === undefined ? [] : [{ url, path: [...at, 'url'] }]),
    ...urls.map((each, index) => ({ url: each, path: [...at, 'urls', index] })),
  ];
  return places.map((place) => ({ ...place, allowed, denied }));
}
