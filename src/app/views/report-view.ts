import { groupKey } from '../../domain/service/group.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { ServiceView } from './service-view.ts';

/** Tells telemetry all that a snapshot shows, and takes back what only the one before it showed. */
export function reportView(telemetry: Telemetry, before: ServiceView, view: ServiceView): void {
  telemetry.readings(view.service, view.source, view.readings);
  for (const scope of view.scopes) {
    telemetry.targets(view.service, scope.group, scope.targets);
    telemetry.rules(view.service, scope.group, scope.rules);
    telemetry.line(view.service, scope.group, scope.line);
  }
  telemetry.budgets(view.service, view.budgets);
  telemetry.groupsDropped(view.service, view.droppedGroups);
  if (before.scopes === view.scopes) return;
  const left = new Set(view.scopes.map((scope) => groupKey(scope.group)));
  for (const scope of before.scopes) {
    if (!left.has(groupKey(scope.group))) telemetry.forgetGroup(view.service, scope.group);
  }
}
