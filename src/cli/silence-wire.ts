import { z } from 'zod';

// Only the fields that are shown, and no unknown field refused: the daemon may be newer than this command.

export const SilenceWire = z.object({
  id: z.string(),
  words: z.string(),
  by: z.string(),
  reason: z.string(),
  from: z.string(),
  until: z.string(),
});
export type SilenceWire = z.infer<typeof SilenceWire>;

export const SilencesWire = z.object({
  silences: z.array(
    SilenceWire.extend({ standing: z.boolean(), incidents: z.array(z.string()), pagesSoon: z.boolean() }),
  ),
});
export type SilencesWire = z.infer<typeof SilencesWire>;
