import * as z from 'zod';
import { dnsLabel, text } from '../fields.ts';

const share = () =>
  z.union([z.number(), text({ expected: 'a share of the budget such as 10%', maxLength: 40 })], {
    error: 'expected a share of the budget such as 10%',
  });

const DependencyFile = z.strictObject({
  service: dnsLabel().describe('Name of the other service.'),
  whenStopped: z
    .enum(['warn', 'hold', 'stop'])
    .default('hold')
    .describe('What this gate says while the line of that service is stopped.'),
});

/** What the gate of a service makes of what it sees. */
export const GateFile = z.strictObject({
  onUnknown: z
    .enum(['warn', 'hold', 'stop'])
    .default('hold')
    .describe('What whoever asks should do while data is missing. Missing data never passes.'),
  errorBudgets: z
    .strictObject({
      warnBelow: share().optional().describe('Warn when no more than this share of a budget is left.'),
      holdBelow: share().optional().describe('Hold when no more than this share is left; `0%` means that it is spent.'),
      stopBelow: share().optional().describe('Stop when no more than this share is left.'),
    })
    .optional()
    .describe(
      'What the gate says when the error budget of any objective runs out. Without it, it warns below 10% and holds nothing back.',
    ),
  dependsOn: z
    .array(DependencyFile, { error: 'expected a list of services' })
    .max(50, 'a service depends on at most 50 others here')
    .default([])
    .describe('Services without which this one cannot be changed safely.'),
});
export type GateFile = z.infer<typeof GateFile>;
