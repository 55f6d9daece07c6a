import type { Telemetry } from './ports/telemetry.ts';
import type { ServiceView } from './service-view.ts';

/** Tells telemetry all that a snapshot shows. */
export function reportView(telemetry: Telemetry, view: ServiceView): void {
  telemetry.readings(view.service, view.source, view.readings);
  for (const scope of view.scopes) {
    telemetry.targets(view.service, scope.group, scope.targets);
    telemetry.rules(view.service, scope.group, scope.rules);
    telemetry.line(view.service, scope.group, scope.line);
  }
}
