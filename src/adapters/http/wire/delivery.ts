import { z } from 'zod';
import { present } from '../../../app/views/json-fields.ts';
import { quantileOf, type DeliveryReport } from '../../../domain/change/delivery-metrics.ts';

/** Upper bounds of the histogram, s. */
const bounds = [60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 259_200] as const;

export const DeliveryWire = z
  .strictObject({
    service: z.string().optional().meta({ description: 'Absent: all services together.' }),
    days: z.number(),
    deployments: z.int().meta({ description: 'Deployments begun in these days, settled or not.' }),
    deploymentsPerDay: z.number().meta({ description: 'deployments / knownDays' }),
    knownDays: z.number().meta({
      description: 'Of how many of these days anything is known; at least 1, since a few hours make no rate.',
    }),
    unharmed: z.int(),
    failed: z.int().meta({ description: 'An incident comes from it alone, or it failed or was rolled back.' }),
    unknown: z
      .int()
      .meta({ description: 'No data in its window, or several changes at once: in neither part of the rate.' }),
    unsettled: z.int().meta({ description: 'Its bake watch runs, or an incident that suspects it is not closed.' }),
    changeFailureRate: z.number().nullable().meta({
      description: 'failed / (failed + unharmed), 0 to 1; null with neither.',
    }),
    rework: z.int().meta({ description: 'Deployments made to remedy an incident.' }),
    reworkRate: z.number().nullable().meta({ description: 'rework / deployments; null without deployments.' }),
    failedDeploymentRecovery: z
      .strictObject({
        count: z.int(),
        p50Seconds: z.number().nullable(),
        p90Seconds: z.number().nullable(),
        histogram: z.array(
          z.strictObject({
            atMostSeconds: z.number().nullable().meta({ description: 'null: any.' }),
            count: z.int().meta({ description: 'How many took at most so long.' }),
          }),
        ),
      })
      .meta({ description: 'From onset to recovery of the incidents that deployments caused.' }),
  })
  .meta({ id: 'Delivery' });

export function toDeliveryWire(
  report: DeliveryReport,
  { service, days }: { readonly service?: string; readonly days: number },
): z.infer<typeof DeliveryWire> {
  const { recoveriesMs, changeFailureRate = null, reworkRate = null, ...counts } = report;
  const seconds = recoveriesMs.map((ms) => ms / 1000);
  return {
    ...present({ service }),
    days,
    ...counts,
    changeFailureRate,
    reworkRate,
    failedDeploymentRecovery: {
      count: seconds.length,
      p50Seconds: quantileOf(seconds, 0.5) ?? null,
      p90Seconds: quantileOf(seconds, 0.9) ?? null,
      histogram: [...bounds, null].map((atMostSeconds) => ({
        atMostSeconds,
        count: seconds.filter((each) => each <= (atMostSeconds ?? Infinity)).length,
      })),
    },
  };
}
