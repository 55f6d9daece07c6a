import type { ChangeReportResult } from '../../app/changes/change-desk.ts';
import { invalidField, notStored, unknownService } from './act-problem.ts';
import { formatUtc } from '../../domain/text/utc.ts';
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
    case 'unseen-incident':
      return problem(422, {
        reason: result.kind,
        title: 'The gate does not see this incident',
        detail: `incident ${result.id} is one of ${result.of}, and the gate of ${result.service} sees those of ${result.service} and of the services that it depends on`,
        hint: `If it can only be mended there, list ${result.of} under \`gate.dependsOn\` of ${result.service}; otherwise report the change without \`remedies\`.`,
      });
    case 'not-a-remedy':
      return problem(422, {
        reason: result.kind,
        title: 'The change cannot be the remedy',
        detail: `the change ${JSON.stringify(result.change)} began or was known at ${formatUtc(result.beganAt)}, and incident ${result.id} may have begun, or begun again, as late as ${formatUtc(result.onsetLatest)}: what was there before an incident does not mend it, and may be its cause`,
        hint: 'Report the fix under an id of its own. To let this change pass all the same, a person overrides the gate.',
      });
    case 'invalid':
      return invalidField(result.field, result.problem, 'The report does not fit');
    case 'not-stored':
      return notStored(result.reason, result.detail);
  }
}
