import type { SendResult } from '../../../app/ports/channel.ts';
import { judgeAnswer } from '../posting/answer.ts';
import type { Answered } from '../posting/exchange.ts';

/** What the codes of a workflow's refusal mean to whoever set the channel up. */
const meanings: Readonly<Record<string, string>> = {
  DirectApiAuthorizationRequired: 'the URL is cut short, or the workflow does not let anyone trigger it',
  DirectApiInvalidAuthorizationScheme: 'the workflow does not let anyone trigger it',
  WorkflowNotFound: 'the workflow was deleted',
  WorkflowTriggerIsNotEnabled: 'the workflow is turned off',
};

/**
 * What Teams' answer means. Workflows say 202, and what they refuse is a status with an error of JSON. The older connectors
 * say 200 whatever became of the message: `1` when it was delivered, or else a text with the status in it.
 */
export function judgeTeams(answered: Answered, now: number): SendResult {
  const { status, text, where, usual } = answered;
  if (usual.kind !== 'accepted') {
    const code = /"code"\s*:\s*"([A-Za-z]{1,64})"/.exec(text)?.[1];
    if (code === undefined) return usual;
    const meaning = meanings[code];
    return { ...usual, detail: `${usual.detail}: ${code}${meaning === undefined ? '' : ` (${meaning})`}` };
  }
  if (/^\s*<(?:!doctype|html)\b/i.test(text)) {
    const detail = `${where} answered HTTP ${status} with a web page, which Teams never does: check the URL, and what proxies stand in between`;
    return { kind: 'refused', reason: 'rejected', detail };
  }
  if (!/\bdelivery failed\b|Exception: /.test(text)) return usual;
  const inside = /\bHTTP error (\d{3})\b/.exec(text)?.[1];
  const detail = `${where} answered HTTP ${status}, but Teams did not take the message`;
  // Without a status it is the connector's own failure, such as a lost connection to Teams.
  if (inside === undefined) return { kind: 'retry', reason: 'server-error', detail };
  const meant = judgeAnswer(Number(inside), () => null, where, now);
  if (meant.kind === 'accepted') return { kind: 'retry', reason: 'server-error', detail };
  return { ...meant, detail: `${detail} (HTTP ${inside})` };
}
