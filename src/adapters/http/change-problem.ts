import type { ChangeReportResult } from '../../app/changes/change-desk.ts';
import { problem, type Problem } from './problem.ts';

/** Why a report was not taken, for whoever sent it. */
export function changeProblem(
  result: Exclude<ChangeReportResult, { readonly kind: 'recorded' | 'unchanged' }>,
): Problem {
  switch (result.kind) {
    case 'unknown-service':
      return unknownService(result.service, result.meant);
    case 'unknown-incident':
      return problem(422, {
        reason: result.kind,
        title: 'No such incident is open',
        detail: `the change is said to remedy ${JSON.stringify(result.id)}, and no open incident has that id`,
        hint: 'GET /api/v1/incidents?phase=open lists those that are open.',
      });
    case 'invalid':
      return problem(422, {
        reason: 'invalid-request',
        title: 'The report does not fit',
        detail: result.problem,
        hint: `Mend the field \`${result.field}\`.`,
      });
    case 'not-stored':
      return problem(503, {
        reason: 'not-stored',
        title: 'The store could not keep it',
        detail: `nothing was recorded (${result.reason}): ${result.detail}`,
        hint: 'GET /api/v1/status shows the state of the store; try again when it is mended.',
      });
  }
}

export function unknownService(service: string, meant: string | undefined): Problem {
  return problem(404, {
    reason: 'unknown-service',
    title: 'No such service',
    detail: `no service named ${JSON.stringify(service.slice(0, 253))} is watched${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    hint: 'GET /api/v1/services lists what is watched; a service is declared by a file in the rules folder.',
  });
}
