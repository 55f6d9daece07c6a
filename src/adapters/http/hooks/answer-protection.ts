import type { ProtectionAsked } from '../../../app/gate/protection-desk.ts';
import { mostPending } from '../../../app/gate/protection-desk.ts';
import { notStored } from '../act-problem.ts';
import { problem, type Problem } from '../problem.ts';

/** Why a question of a protection rule was not taken, for whoever looks at the deliveries of the App. */
export function protectionProblem(result: Exclude<ProtectionAsked, { readonly kind: 'asked' | 'known' }>): Problem {
  switch (result.kind) {
    case 'no-app':
      return problem(422, {
        reason: result.kind,
        title: 'No App can answer',
        detail: 'a deployment waits for an answer, and the settings name no GitHub App that could give it',
        hint: 'Write `app: { id: …, privateKeyFile: … }` under `inbound.github` in andon.yaml, reload, and deliver the event again.',
      });
    case 'foreign-callback':
      return problem(422, {
        reason: result.kind,
        title: 'The callback URL is not where answers go',
        detail: '`deployment_callback_url` is no deployment protection rule below the API of GitHub that is set up',
        hint: 'Set `inbound.github.app.apiUrl` to the API of your GitHub, such as https://github.example.com/api/v3.',
      });
    case 'too-many':
      return problem(503, {
        reason: result.kind,
        title: 'Too many deployments wait',
        detail: `${mostPending} deployments wait for an answer already`,
        hint: 'GET /api/v1/protections lists them and says why; deliver the event again later.',
      });
    case 'not-stored':
      return notStored(result.reason, result.detail, 'deliver the event again');
  }
}
