import type { ServiceState } from '../../domain/incident/evaluate.ts';
import type { Service } from '../../domain/service/service.ts';
import { bucketRemedy, describePlace, type ThresholdPlace } from '../../domain/reading/threshold-place.ts';
import type { ServiceProblem } from '../views/service-view.ts';

/** What the log, the API and the status page say of a threshold that is no bucket. */
export function thresholdProblem(thresholdSeconds: number, place: ThresholdPlace): ServiceProblem {
  const isJudged = place.kind === 'between';
  const outcome = isJudged
    ? 'only what the bucket below it counts is judged as good, and what the one above it adds is shown beside it'
    : undefined;
  const detail = [describePlace(thresholdSeconds, place), outcome, bucketRemedy(place)];
  return {
    reason: isJudged ? 'threshold-between-buckets' : 'threshold-without-bucket',
    detail: detail.filter((text) => text !== undefined).join('; '),
  };
}

/** Latency signals of a service that are known as an interval only, or not at all, because their threshold is no bucket. */
export function thresholdProblems(service: Service, state: Pick<ServiceState, 'ledgers'>): readonly ServiceProblem[] {
  return service.signals.flatMap((signal) => {
    const place = state.ledgers.get(signal.name)?.place;
    if (signal.kind !== 'latency' || place === undefined) return [];
    const { reason, detail } = thresholdProblem(signal.thresholdSeconds, place);
    return [{ reason, detail: `${signal.name}: ${detail}` }];
  });
}
