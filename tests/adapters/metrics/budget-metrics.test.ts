import { expect, test } from '@jest/globals';
import { createPrometheusTelemetry } from '../../../src/adapters/metrics/prometheus-telemetry.ts';
import { checkoutView } from '../../support/service-views.ts';

test('an error budget is told by its objective, what is left, how fast it burns, its ratio and its coverage; what is not known is absent', async () => {
  const telemetry = createPrometheusTelemetry({ version: '0.1.0', nodeVersion: 'v24.0.0', now: () => 0 });
  telemetry.budgets('checkout', checkoutView.budgets);
  const { body } = await telemetry.scrape();
  const told = body.split('\n').filter((line) => /^andon_.*budget="/.test(line));

  const labels = (budget: string, more = '') =>
    `{service="checkout",group="",signal="success_rate",budget="${budget}"${more}}`;
  const [known, unknown] = [labels('success_rate'), labels('monthly')];
  const hour = (budget: string) => labels(budget, ',window="1h"');
  expect([...told].sort()).toEqual(
    [
      `andon_objective_ratio${known} 0.999`,
      `andon_objective_ratio${unknown} 0.999`,
      `andon_error_budget_remaining_ratio${known} 0.1`,
      `andon_error_budget_exhausted_seconds${hour('success_rate')} 7200`,
      `andon_error_budget_exhausted_seconds${hour('monthly')} +Inf`,
      `andon_burn_rate${hour('success_rate')} 15`,
      `andon_period_success_ratio${known} 0.9991`,
      `andon_budget_coverage_ratio${known} 0.99`,
      `andon_budget_coverage_ratio${unknown} 0.12`,
      `andon_budget_known_ratio${known} 1`,
      `andon_budget_known_ratio${unknown} 0.12`,
      `andon_budget_excluded_seconds${known} 0`,
      `andon_budget_excluded_seconds${unknown} 0`,
      `andon_budget_unknown${labels('monthly', ',reason="short-history"')} 1`,
    ].sort(),
  );

  telemetry.budgets('checkout', []);
  expect((await telemetry.scrape()).body).not.toMatch(/^andon_.*budget="/m);
});
