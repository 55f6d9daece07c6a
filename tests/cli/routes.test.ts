import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CommanderError } from 'commander';
import { routesCommand } from '../../src/cli/routes.ts';

const folder = fileURLToPath(new URL('../golden/routes/', import.meta.url));

/** Runs `andon routes …` with the settings of a golden case and the rules beside it. */
async function routes(args: readonly string[], settings = 'good') {
  const ran = { out: '', err: '', code: undefined as number | undefined };
  const command = routesCommand({
    readFiles: async (paths) =>
      await Promise.resolve({
        files: paths.map((path) => {
          const file = path === 'andon.yaml' ? `${settings}.yaml` : 'rules/services.yaml';
          const given = path === 'andon.yaml' && settings.includes(':');
          return { path, content: given ? Buffer.from(settings) : readFileSync(`${folder}${file}`) };
        }),
        unreadable: [],
      }),
    stdout: { write: (text) => (ran.out += text) },
    stderr: { write: (text) => (ran.err += text) },
    env: {},
    exit: (code) => {
      ran.code = code;
    },
  });
  command.exitOverride().configureOutput({ writeErr: (text) => (ran.err += text) });
  try {
    await command.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    ran.code = 2;
  }
  return ran;
}

describe('andon routes', () => {
  test('says for each severity which route catches, who is told, how often again, and whom next', async () => {
    expect(await routes(['checkout'])).toEqual({
      code: 0,
      err: '',
      out: `checkout, owner team-payments, severity page, tier=1 (payments-failing)
  caught by   route 1 (andon.yaml:7)
  at once     on-call
  every 10m   on-call again
  after 15m   boss
  until somebody acknowledges, or the incident resolves

checkout, owner team-payments, severity ticket, tier=1 (payments-slow)
  caught by   route 2 (andon.yaml:12)
  at once     on-call

only recorded, told to nobody: early (shadow)
`,
    });
  });

  test('takes a severity and labels as given', async () => {
    const { out } = await routes(['checkout', '--severity', 'page', '--label', 'tier=3', '--label', 'region=eu']);
    expect(out).toContain('severity page, tier=3 region=eu (payments-failing, payments-slow)\n  caught by   route 2');
  });

  test('says that the channels of a service win', async () => {
    expect((await routes(['search'])).out).toContain('  at once     chat (spec.notify of the service)\n');
  });

  test('says who is paged of what no route catches', async () => {
    const { out } = await routes(['checkout', '--severity', 'ticket'], 'gaps');
    expect(out).toContain('  caught by   no route: every channel is paged\n  at once     on-call, boss, chat\n');
  });

  test('has all of it as JSON', async () => {
    const { out } = await routes(['checkout', '-o', 'json']);
    expect(JSON.parse(out)).toEqual({
      service: 'checkout',
      owner: 'team-payments',
      cases: [
        {
          severity: 'page',
          labels: { tier: '1' },
          rules: ['payments-failing'],
          routes: [1],
          channels: ['on-call'],
          repeats: [{ channel: 'on-call', everySeconds: 600 }],
          escalation: [{ afterSeconds: 900, channels: ['boss'] }],
        },
        {
          severity: 'ticket',
          labels: { tier: '1' },
          rules: ['payments-slow'],
          routes: [2],
          channels: ['on-call'],
          repeats: [],
          escalation: [],
        },
      ],
      shadowRules: ['early'],
    });
  });

  test('names nobody for rules that only record', async () => {
    expect((await routes(['tried-out'])).out).toBe('only recorded, told to nobody: new-failing (shadow)\n');
  });

  test('names again only those that are told again', async () => {
    const settings = `sources: [{ url: "http://p" }]
channels:
  - { name: hook, webhook: { url: "http://a" } }
  - { name: am, alertmanager: { url: "http://a" } }
  - { name: pd, pagerduty: { routingKeyFile: k } }
  - { name: chat, slack: { urlFile: s } }
  - { name: teams, teams: { urlFile: t } }
  - { name: events, cdevents: { url: "http://a", environment: eu } }
routes:
  - { channels: [hook, am, pd, chat, teams, events], repeatEvery: 1m }
`;
    const { out, err } = await routes(['checkout', '--severity', 'page'], settings);
    expect(err).toBe('');
    expect(out).toContain(
      '  at once     hook, am, pd, chat, teams, events\n  every 1m    hook, pd, chat, teams again\n',
    );
  });

  test.each([
    ['a service that is not declared', ['checkuot'], 'good', 2, 'no rule file declares "checkuot"'],
    ['a label without a value', ['checkout', '--label', 'tier'], 'good', 2, 'Write a label as name=value.'],
    ['settings that have problems', ['checkout'], 'unknown-channel', 2, 'no channel is named `on-cal`'],
  ])('refuses %s', async (_, args, settings, code, message) => {
    const ran = await routes(args, settings);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toContain(message);
  });
});
