import { createHmac, timingSafeEqual } from 'node:crypto';
import { problem, type Problem } from '../problem.ts';
import { readToken } from '../token-file.ts';
import { unreadableSecret } from './read-body.ts';

/** More signatures than these are not looked at: PagerDuty sends one for each secret of a subscription. */
const mostSignatures = 10;

const hint =
  'Write the signing secret of the webhook subscription into a file that `inbound.pagerduty.secretFiles` names.';

/** Why a request is not let in, if it is not: no signature of it fits its body under any of the secrets. */
export async function signatureRefusal(
  raw: Buffer,
  header: string | undefined,
  secretFiles: readonly string[],
): Promise<Problem | undefined> {
  const given = signaturesIn(header ?? '');
  if (header === undefined) return refused('signature-missing', 'the request bears no X-PagerDuty-Signature');
  const secrets = await Promise.all(secretFiles.map(readToken));
  const expected = secrets.flatMap((secret) =>
    secret.kind === 'token' ? [createHmac('sha256', secret.token).update(raw).digest()] : [],
  );
  // Every pair is compared, so that the time it takes tells nothing.
  const fits = expected.flatMap((wanted) => given.map((signature) => timingSafeEqual(signature, wanted)));
  if (fits.includes(true)) return undefined;
  // A secret that is just being replaced may be the one it was signed with.
  const unreadable = secrets.find((secret) => secret.kind === 'unreadable');
  if (unreadable !== undefined) return unreadableSecret(unreadable.detail);
  return refused('signature-wrong', 'no signature of the request fits its body');
}

/** The digests in `v1=…,v1=…`; signatures of other versions are not ours to check. */
function signaturesIn(header: string): readonly Buffer[] {
  return header
    .split(',', mostSignatures)
    .flatMap((part) => /^\s*v1=([0-9a-f]{64})\s*$/i.exec(part)?.[1] ?? [])
    .map((hex) => Buffer.from(hex, 'hex'));
}

function refused(reason: string, detail: string): Problem {
  return problem(401, { reason, title: 'Not authorized', detail, hint });
}
