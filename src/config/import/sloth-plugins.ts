import { formatDuration, parseDuration } from '../../domain/text/duration.ts';
import { maxForMs } from '../windows.ts';
import { settle, tell, type InputPart } from './input-part.ts';
import { itemsAt, mappingAt, partAt, refuse, takeText, tellAt } from './take-input.ts';

/** What plugins of Sloth come to here. */
export interface SlothPlugins {
  /** Whether alerts wait for their `for`. */
  readonly waits: boolean;
}

/** Takes the plugins under a key: those that say what Andon can say too are carried over, the others named. */
export function takePlugins(part: InputPart, key: string): SlothPlugins {
  const plugins = mappingAt(part, key);
  if (plugins === undefined) return { waits: false };
  const override = partAt(plugins, 'overridePrevious') ?? partAt(plugins, 'override_previous');
  if (override !== undefined) settle(override);
  let waits = false;
  for (const plugin of itemsAt(plugins, 'chain')) {
    const [, origin, name] = /^sloth\.dev\/(core|contrib)\/([^/]+)\//.exec(idOf(plugin)) ?? [];
    if (origin === 'core') settle(plugin);
    else if (name === 'alert_for') {
      waits = true;
      settle(plugin);
    } else if (name === 'denominator_corrected_rules') {
      const message = 'Andon weighs every window by its events anyway';
      tell(plugin, { kind: 'without-effect', message });
    } else {
      const message = `the plugin \`${idOf(plugin)}\` changes the rules that Sloth generates; Andon has no such rules`;
      tell(plugin, { kind: 'lost', message, hint: 'see what it is for, and say that in the rule file' });
    }
  }
  return { waits };
}

/** How long an alert has to fire, ms; undefined where it does not have to, or where that was named. */
export function takeFor(alert: InputPart, waits: boolean): number | undefined {
  const part = partAt(alert, 'for');
  if (part === undefined) return undefined;
  if (!waits) {
    const message = 'Sloth does nothing with `for` unless its plugin alert_for is in the chain';
    tellAt(alert, 'for', { kind: 'without-effect', message });
    return undefined;
  }
  const ms = parseDuration(takeText(alert, 'for') ?? '');
  if (ms === undefined) return refuse(part, 'a duration such as 5m');
  if (ms > maxForMs) tell(part, { kind: 'changed', message: `a rule waits for ${formatDuration(maxForMs)} at most` });
  return ms === 0 ? undefined : Math.min(ms, maxForMs);
}

function idOf({ value }: InputPart): string {
  const { id } = (value ?? {}) as { readonly id?: unknown };
  return typeof id === 'string' ? id : '';
}
