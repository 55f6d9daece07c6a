import type { GateAction } from './gate-answer.ts';
import type { Protection, ProtectionEvent, ProtectionResult } from './protection-event.ts';

/** The question that an event asks. */
export function protectionOf(event: Extract<ProtectionEvent, { readonly type: 'protection-asked' }>): Protection {
  const { protectionId: id, service, repository, environment, deployment, sha, ref } = event;
  const { callbackUrl, installation, at: askedAt, waitUntil } = event;
  return {
    id,
    service,
    repository,
    environment,
    deployment,
    ...(sha === undefined ? {} : { sha }),
    ...(ref === undefined ? {} : { ref }),
    callbackUrl,
    installation,
    askedAt,
    waitUntil,
  };
}

/** What to tell the tool now; undefined: nothing yet, ask the gate again. */
export function protectionVerdict(
  action: GateAction,
  { waitUntil }: Pick<Protection, 'waitUntil'>,
  now: number,
): Exclude<ProtectionResult, 'refused'> | undefined {
  switch (action) {
    case 'go':
      return 'approved';
    case 'abort':
      return 'rejected';
    case 'wait':
      return now >= waitUntil ? 'waited-too-long' : undefined;
  }
}
