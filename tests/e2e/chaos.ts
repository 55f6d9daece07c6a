import { breachesOf } from './campaign-laws.ts';
import { runCampaign } from './kill-campaign.ts';

/** `npm run test:chaos [kills]`: the long form of the campaign of which `npm test` runs a short one. */
const kills = Number(process.argv[2] ?? 200);
if (!Number.isInteger(kills) || kills < 1) {
  process.stderr.write('usage: npm run test:chaos [kills]\n');
  process.exit(2);
}
// Ending by exit lets every program that was started be killed on the way out.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

say(`Killing Andon ${kills} times, at random instants, while shops fail and heal.`);
const startedAt = performance.now();
const campaign = await runCampaign({
  kills,
  shops: 6,
  onKill: (kill) => {
    if (kill % 20 === 0) say(`${kill} kills, ${Math.round((performance.now() - startedAt) / 1000)} s`);
  },
});
const breaches = breachesOf(campaign);
const ids = new Set(campaign.arrivals.map(({ id }) => id));
for (const [mode, count] of campaign.modes) say(`  ${mode}: ${count}`);
for (const error of campaign.errors) say(`  log: ${JSON.stringify(error)}`);
for (const { law, detail } of breaches) say(`✗ ${law}: ${detail}`);
say(
  JSON.stringify({
    campaign: 'kill-9',
    kills,
    faults: campaign.faults.length,
    incidents: campaign.records.length,
    pages: ids.size,
    repeatsUnderTheSameId: campaign.arrivals.length - ids.size,
    breaches: breaches.length,
    seconds: Math.round((performance.now() - startedAt) / 1000),
  }),
);
process.exitCode = breaches.length === 0 ? 0 : 1;
