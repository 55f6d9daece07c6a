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

## What cannot be meant

\`andon check\` also looks at what a file would do. An error stands where it surely is wrong, a warning where it nearly always is:

| code | what is wrong |
| --- | --- |
| \`condition-true-when-good\` | A rule is true while every target holds well, as \`success_rate.over("5m") > 0.95\` is: the line of a good service would stop. A warning where a share without a target has to be at 100% for it. Gauges without a target are not judged: nobody said what is good. |
| \`condition-inside-target\` | A rule is true at a reading that its target, over the same window, still allows. |
| \`condition-always-true\`, \`condition-never-true\` | A share is compared with a bound that it cannot pass. |
| \`repeated-condition\` | Two rules have the same condition and severity. |
| \`no-rules\` | Without a stop-the-line rule nothing stops the line, and nobody is paged: missed targets alone open no incident. |
| \`unused-signal\` | A signal is in no target and no rule. |
| \`targets-exclude-each-other\` | Two targets on one signal cannot both hold. |
| \`target-implied\` | Of two targets on one signal and window, one always holds when the other does. |
| \`ratio-of-one\` | The numerator and \`total\` count the same events. |
| \`ratio-disjoint\` | The matchers of the numerator and of \`total\` contradict each other. An error for labels that say where something was counted, such as \`job\`; a warning for others, because one metric may count the steps of a flow. |
| \`ratio-not-a-part\` | \`total\` is narrowed by a matcher that the numerator lacks, so that the share can pass 100% and reads as *impossible*. |
| \`ratio-turned-round\` | \`good\` selects failures only, as \`code=~"5.."\` does, or \`bad\` leaves them out. |
| \`ratio-of-a-gauge\`, \`gauge-of-a-counter\` | By its name, a metric is of the other type. |
| \`counts-every-bucket\` | A \`_bucket\` without \`le\` counts an event once for every bucket that it fits. |
| \`threshold-unit\` | By its name, a histogram is not in seconds. |

With \`--source\`, it asks a live source:

| code | what is wrong |
| --- | --- |
| \`live-no-series\` | Nothing matches a selector. |
| \`live-no-bucket\` | The histogram has no bucket at the threshold. |
| \`live-good-counts-failures\` | \`good\` matches series of server errors. |
| \`live-outside-total\` | Series of the numerator are not among those of \`total\`: an error when none is, a warning when some are not. |
| \`live-ratio-of-a-gauge\`, \`live-gauge-of-a-counter\` | The metadata of the metric says another type. |
| \`live-too-many-groups\` | A signal has more groups than \`maxGroups\` lets be judged. |
| \`live-not-checked\` | The source did not answer. |

## Durations, shares and limits

Durations are written \`300ms\`, \`30s\`, \`5m\`, \`1h30m\`, \`30d\` or \`2w\`. Shares are written \`99.9%\` or \`0.999\`.
A window lasts ${formatDuration(minWindowMs)} to ${formatDuration(maxWindowMs)}; one under ${formatDuration(shortMs)} earns a warning.
\`for\` lasts at most ${maxForWindows} times the longest window of its condition, and never more than ${formatDuration(maxForMs)}: a long \`for\`
over a short window starts anew at every flicker, so a lasting fault might never stop the line.
`;
}
