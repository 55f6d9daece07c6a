import type { SendResult } from '../../../app/ports/channel.ts';
import type { Answered } from '../posting/exchange.ts';

/** What Slack's words mean to whoever set the channel up. */
const meanings: Readonly<Record<string, string>> = {
  action_prohibited: 'an administrator of the workspace does not let this webhook post',
  channel_is_archived: 'the channel it posts to is archived',
  channel_not_found: 'the channel it posts to is gone',
  invalid_token: 'the webhook is not valid any more: make a new one',
  no_active_hooks: 'the webhook is disabled or removed: make a new one',
  no_service: 'the webhook is disabled or removed: make a new one',
  no_service_id: 'the URL is cut short: copy it again',
  no_team: 'the workspace is gone, or the URL is cut short',
  posting_to_general_channel_denied: 'the webhook may not post to the general channel',
  team_disabled: 'the workspace is disabled',
  user_not_found: 'the user it posts to is gone',
};

/** Words for blocks that Slack does not take although the rest of the message may be fine. */
const ofBlocks: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_payload',
  'msg_blocks_too_long',
]);

/** Slack's answer in a word: `ok`, `invalid_blocks`. Undefined where it is no such word. */
function wordOf(text: string): string | undefined {
  const word = text.trim();
  return /^[a-z]+(?:_[a-z]+){0,8}$/.test(word) && word.length <= 64 ? word : undefined;
}

/** Whether it may help to send the same without blocks. */
export function refusesBlocks({ status, text }: Answered): boolean {
  return status === 400 && ofBlocks.has(wordOf(text) ?? '');
}

/** What Slack's answer means. A page of HTML under 200 is from somebody in between, who delivered nothing. */
export function judgeSlack({ status, text, where, usual }: Answered): SendResult {
  if (usual.kind === 'accepted') {
    if (/^\s*<(?:!doctype|html)\b/i.test(text)) {
      return refused(`${where} answered HTTP ${status} with a web page, which Slack never does: ${inBetween}`);
    }
    // The methods of Slack's API refuse under 200, should one of them stand where a webhook belongs.
    if (/^\s*\{.*"ok"\s*:\s*false\b/s.test(text)) {
      const word = wordOf(/"error"\s*:\s*"([a-z_]{1,64})"/.exec(text)?.[1] ?? '') ?? 'ok: false';
      return refused(`${where} answered HTTP ${status}: ${word}; give the URL of an incoming webhook`);
    }
    return usual;
  }
  const word = wordOf(text);
  if (word === undefined) return usual;
  const meaning = meanings[word];
  return { ...usual, detail: `${usual.detail}: ${word}${meaning === undefined ? '' : ` (${meaning})`}` };
}

const inBetween = 'check the URL, and what proxies stand in between';

function refused(detail: string): SendResult {
  return { kind: 'refused', reason: 'rejected', detail };
}
