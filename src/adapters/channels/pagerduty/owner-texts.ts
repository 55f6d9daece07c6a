import type { Log } from '../../../app/ports/log.ts';
import { OwnText } from '../template/own-text.ts';
import type { PagerDutyOptions } from './options.ts';
import type { PagerDutyTexts } from './pagerduty-event.ts';

/** The texts of a channel's events. Throws an Error for people that names the template that is wrong. */
export function ownerTexts(
  { name: channel, summary, details = {} }: Pick<PagerDutyOptions, 'name' | 'summary' | 'details'>,
  log: Log,
): PagerDutyTexts {
  const own = OwnText.of(summary, { channel, what: 'summary', log });
  const named = Object.entries(details).map(([name, template]) => {
    return [name, new OwnText(template, { channel, what: `detail ${name}`, log })] as const;
  });
  return {
    summary: (facts) => own?.render(facts),
    details(facts) {
      // One that fails leaves the usual detail of its name.
      const rendered = named.map(([name, text]) => [name, text.render(facts)] as const);
      return Object.fromEntries(rendered.filter((each): each is [string, string] => each[1] !== undefined));
    },
  };
}
