import type { ChangeReportResult } from '../../app/changes/change-desk.ts';
import { invalidField, notStored, unknownService } from './act-problem.ts';
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
      return invalidField(result.field, result.problem, 'The report does not fit');
    case 'not-stored':
      return notStored(result.reason, result.detail);
  }
}
