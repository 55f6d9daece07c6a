import * as z from 'zod';
import { dnsLabel, duration, labelName, show, text } from '../fields.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

const mostTexts = 100;

/** One text or a list of them; any of them may match. */
function oneOrMore<T extends z.ZodType<string>>(one: T, expected: string) {
  return z.union([one, z.array(one).min(1, 'name at least one').max(mostTexts)], {
    error: `expected ${expected} or a list of them`,
  });
}

const pattern = () => text({ expected: 'a text', maxLength: 200 });

const MatchSettings = z.strictObject({
  service: oneOrMore(pattern(), 'the name of a service')
    .optional()
    .describe('Names of services; `*` stands for any characters.'),
  owner: oneOrMore(pattern(), 'an owner')
    .optional()
    .describe('Owners, as `metadata.owner` names them; `*` stands for any characters.'),
  severity: oneOrMore(
    z.enum(['page', 'ticket'], { error: ({ input }) => `expected page or ticket, got ${show(input)}` }),
    'page or ticket',
  )
    .optional()
    .describe('Severities. An incident that turns from a ticket into a page is routed anew.'),
  labels: z
    .record(labelName(), oneOrMore(pattern(), 'a text'))
    .default({})
    .describe('Labels of the incident and of its group, by name; all must match. `*` stands for any characters.'),
});

const channelNames = () => z.array(dnsLabel(), { error: 'expected a list of channels' }).max(mostTexts);

const StepSettings = z.strictObject({
  after: duration({ min: minute, max: 7 * day, what: '`after`' }).meta({
    description: 'How long nobody has acknowledged, counted from the first page.',
  }),
  channels: channelNames().min(1, 'name at least one channel').describe('Who is told then.'),
});

/** Which incidents go where, how often again, and whom next. */
export const RouteSettings = z.strictObject({
  match: MatchSettings.prefault({}).describe(
    'What an incident must be. All of it must match; left out, everything does.',
  ),
  channels: channelNames().describe('Who is told at once. An empty list tells nobody at once.'),
  continue: z
    .boolean({ error: 'expected true or false' })
    .default(false)
    .describe('True asks the routes after this one as well. Otherwise the first one that matches wins.'),
  repeatEvery: duration({ min: minute, max: 7 * day, what: '`repeatEvery`' })
    .optional()
    .meta({ description: 'How often the channels are told again until somebody acknowledges. Never when left out.' }),
  escalate: z
    .array(StepSettings, { error: 'expected a list of steps' })
    .max(20)
    .default([])
    .describe('Who is told next while nobody acknowledges.'),
});
export type RouteSettings = z.infer<typeof RouteSettings>;
