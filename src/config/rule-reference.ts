import { formatDuration } from '../domain/duration.ts';
import { ServiceFile } from './rule-file.ts';
import { generatedNotice, schemaTables } from './schema-tables.ts';
import { maxForMs, maxForWindows, maxWindowMs, minWindowMs, shortMs } from './windows.ts';

/** `docs/rules.md`: everything a rule file may say, from the schema that checks it. */
export function ruleReference(): string {
  return `${generatedNotice}

# Rule files

A rule file declares services, one YAML document each. \`andon check\` reads it as the daemon will, and says for every problem
where it is and what to write instead. An editor with a YAML language server does the same while you type:

\`\`\`yaml
# yaml-language-server: $schema=./andon.schema.json
\`\`\`

${schemaTables(ServiceFile)}
## Counters

\`good\`, \`bad\` and \`total\` are plain vector selectors such as \`http_requests_total{job="shop",code!~"5.."}\`, combined with
\`+\`, \`-\` and parentheses, and optionally wrapped in \`sum(…)\`. There is no \`rate\`, no range and no \`offset\`: Andon reads each
counter step by step and counts its increase itself, resets included.

## Conditions

\`when\` is a [CEL](https://cel.dev) expression. Each signal is a variable:

| written | on | is |
| --- | --- | --- |
| \`signal.over("5m")\` | shares | the share of good events among all events of the window |
| \`signal.over("5m")\` | gauges | the mean over the window |
| \`signal.max("5m")\`, \`signal.min("5m")\` | gauges | the largest, the smallest value in the window |
| \`signal.latest()\` | gauges | the newest value |

Shares lie between 0 and 1. Numbers, \`+ - * /\`, comparisons, \`&&\`, \`||\`, \`!\` and \`? :\` may be used; nothing else.
A reading that cannot be had makes a comparison *unknown*, never false: \`true || unknown\` is true, \`false && unknown\` is false,
and anything else with an unknown in it is unknown.

## Durations, shares and limits

Durations are written \`300ms\`, \`30s\`, \`5m\`, \`1h30m\`, \`30d\` or \`2w\`. Shares are written \`99.9%\` or \`0.999\`.
A window lasts ${formatDuration(minWindowMs)} to ${formatDuration(maxWindowMs)}; one under ${formatDuration(shortMs)} earns a warning.
\`for\` lasts at most ${maxForWindows} times the longest window of its condition, and never more than ${formatDuration(maxForMs)}: a long \`for\`
over a short window starts anew at every flicker, so a lasting fault might never stop the line.
`;
}
