import { z } from 'zod';

// Only the fields that are shown, and no unknown field refused: the daemon may be newer than this command.

const FailureWire = z.object({ at: z.string(), reason: z.string(), detail: z.string() });

/** How a running Andon is. */
export const StatusWire = z.object({
  version: z.string(),
  startedAt: z.string(),
  warnings: z.array(z.string()),
  sources: z.array(
    z.object({ name: z.string(), lastAnswerAt: z.string().optional(), lastError: FailureWire.optional() }),
  ),
  channels: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      pending: z.int(),
      lastDeliveryAt: z.string().optional(),
      lastError: FailureWire.optional(),
    }),
  ),
});
export type StatusWire = z.infer<typeof StatusWire>;
