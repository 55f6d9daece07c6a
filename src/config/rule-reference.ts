import { presetTiers } from '../domain/budget/burn-tiers.ts';
import type { BurnTier } from '../domain/budget/objective.ts';
import { dayMs } from '../domain/budget/zone.ts';
import { formatDuration } from '../domain/text/duration.ts';
import { formatRatio } from '../domain/text/ratio.ts';
import { budgetNameShape } from './budget-file.ts';
import { maxFileBytes } from './decode-file.ts';
import { dnsLabelShape, maxLabelNameLength, maxTextLength } from './fields.ts';
import { ServiceFile, signalNameShape } from './rule-file.ts';
import { generatedNotice, schemaTables } from './schema-tables.ts';
import {
  maxForMs,
  maxForWindows,
  maxPeriodMs,
  maxSliceMs,
  maxWindowMs,
  minPeriodMs,
  minSliceMs,
  minWindowMs,
  shortMs,
} from './windows.ts';
import { maxDepth, maxDocuments, maxProblems } from './yaml-documents.ts';
import { maxValues } from './yaml-value.ts';

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

## Latency

The threshold of a \`latency\` signal should be the bound of a bucket (\`le\`) of its histogram; \`1\`, \`1.0\` and \`1e+00\` are one bucket.
Then the share of good requests is exact. Between two buckets, nobody can tell whether a request was fast enough, so the share is an
interval, as in \`between 98.2% and 99.7%\`: from what the lower bucket counts to what the upper one does. **The lower end is judged**, by
targets, conditions and error budgets alike; the upper end stands beside it wherever the reading is shown. So a target may be missed that
holds in truth, but never the other way round. Above the highest bucket the upper end is 100%. Below the lowest one no request can be shown
to be fast enough; the signal is then unknown (\`no-data\`), since 0% would be just as unproven as 100%, and would page.

Where the series of one selector have different buckets, those count that all of them have. Native histograms (\`native: true\`) have no such bounds
to keep to. Andon learns the buckets from the source: [sources.md](sources.md) says when. \`andon check --source\` says beforehand what a threshold comes to.

## Conditions

\`when\` is a [CEL](https://cel.dev) expression. Each signal is a variable:

| written | on | is |
| --- | --- | --- |
| \`signal.over("5m")\` | shares | the share of good events among all events of the window |
| \`signal.over("5m")\` | gauges | the mean over the window |
| \`signal.max("5m")\`, \`signal.min("5m")\` | gauges | the largest, the smallest value in the window |
| \`signal.latest()\` | gauges | the newest value |
| \`signal.burnRate("1h")\` | shares with an error budget | how fast the budget burnt over the window: 1 spends it in exactly one period |
| \`signal.budgetRemaining()\` | shares with an error budget | the share of the budget that is left: 1 is all of it, below 0 it is overspent |
| \`signal.budgetExhaustedIn("1h")\` | shares with an error budget | how many seconds the budget lasts if it goes on burning as over the window; a number above any bound when it lasts for ever |

Where a signal has several error budgets, the name of one follows: \`signal.burnRate("1h", "monthly")\`, \`signal.budgetRemaining("monthly")\`.

Shares lie between 0 and 1. Numbers, \`+ - * /\`, comparisons, \`&&\`, \`||\`, \`!\` and \`? :\` may be used; nothing else.
A reading that cannot be had makes a comparison *unknown*, never false: \`true || unknown\` is true, \`false && unknown\` is false,
and anything else with an unknown in it is unknown.

## Error budgets

\`burnRates\` is one line for what is otherwise a long condition. \`page\` and \`ticket\` are the tiers of the SRE workbook; each fires
while the burn rate over both of its windows is above its factor:

| over 30 days | budget spent | long window | short window | factor |
| --- | --- | --- | --- | --- |
| \`page\` | ${tierRows(presetTiers('page', 30 * dayMs))}
| \`ticket\` | ${tierRows(presetTiers('ticket', 30 * dayMs))}

For other periods from a week on the windows stay and the factors follow; for shorter ones the windows shrink too,
to whole minutes and to five at the least. Below about nine hours that leaves \`page\` hardly above the rate that the budget bears for ever, and
\`andon check\` says so. A tier of one's own
names the share and the window, and the factor follows: \`{ severity: page, budget: 2%, over: 1h, short: 5m }\`. All tiers of a
severity make one stop-the-line rule, \`success-rate-budget-page\` or \`success-rate-budget-ticket\`, which is true while any of them fires.

An item has labels, a summary and a runbook as rules have them; without a share and a window it is the preset:
\`{ severity: page, labels: { team: checkout } }\`. What is said at any item of a severity holds for its rule.

In calendar periods a month counts as 30 days, a quarter as 91 and a year as 365. [Error budgets](budgets.md) says how they are counted, and
what it means to leave the counting to [recording rules](budgets.md#from-recording-rules).

## What cannot be meant

\`andon check\` also looks at what a file would do. An error stands where it surely is wrong, a warning where it nearly always is:

| code | what is wrong |
| --- | --- |
| \`condition-true-when-good\` | A rule is true while every target holds well, as \`success_rate.over("5m") > 0.95\` is: the line of a good service would stop. A warning where a share without a target has to be at 100% for it. Error budgets count as untouched. Gauges without a target are not judged: nobody said what is good. |
| \`condition-inside-target\` | A rule is true at a reading that its target, over the same window, still allows. |
| \`condition-always-true\`, \`condition-never-true\` | A share is compared with a bound that it cannot pass. |
| \`repeated-condition\` | Two rules have the same condition and severity. |
| \`no-rules\` | Without a stop-the-line rule nothing stops the line, and nobody is paged: missed targets alone open no incident. |
| \`unused-signal\` | A signal is in no target, no error budget and no rule. |
| \`targets-exclude-each-other\` | Two targets on one signal cannot both hold. |
| \`target-implied\` | Of two targets on one signal and window, one always holds when the other does. |
| \`ratio-of-one\` | The numerator and \`total\` count the same events. |
| \`ratio-disjoint\` | The matchers of the numerator and of \`total\` contradict each other. An error for labels that say where something was counted, such as \`job\`; a warning for others, because one metric may count the steps of a flow. |
| \`ratio-not-a-part\` | \`total\` is narrowed by a matcher that the numerator lacks, so that the share can pass 100% and reads as *impossible*. |
| \`ratio-turned-round\` | \`good\` selects failures only, as \`code=~"5.."\` does, or \`bad\` leaves them out; or \`bad\` is a bucket of a histogram, which holds what was fast, or \`good\` is all less a bucket, which is what was slow. |
| \`ratio-of-a-gauge\`, \`gauge-of-a-counter\` | By its name, a metric is of the other type. |
| \`counts-every-bucket\` | A \`_bucket\` without \`le\` counts an event once for every bucket that it fits. |
| \`threshold-unit\` | By its name, a histogram is not in seconds. |
| \`low-bound\` | An objective or a target lets most events be bad, as \`0.999%\` does where \`99.9%\` was meant. |
| \`objective-without-budget\` | An objective of 100% leaves no error budget. |
| \`slice-longer-than-period\` | A slice of time is longer than the period, which then holds no whole one. |
| \`slice-target\` | With a target of 100%, a single bad event makes a whole slice of time bad. |
| \`slice-over-budget\` | The objective leaves less than one slice of time over the period, so the first bad one overspends the budget. |
| \`tier-never-fires\` | Even when everything fails the burn rate stays below the factor: with an objective of 90% it is 10 at most. Or a window holds fewer slices than \`minimumBad\` asks for. |
| \`tier-fires-when-good\` | A tier fires at a burn rate that the budget can bear for ever. |
| \`preset-fires-when-good\` | The period is so short that the \`page\` preset fires at hardly more than that: take a longer one, or tiers of your own. |
| \`whole-budget\` | A tier asks for all of the budget in a part of the period, as \`1\` does where \`1%\` was meant. |
| \`one-error-fires\` | With an objective of 99.99% or more and no \`minimumBad\`, a single bad event in a quiet hour fires a tier. |
| \`window-longer-than-period\` | A window is longer than the period of the budget. |
| \`slice-longer-than-window\` | A short window holds no whole slice of time. |
| \`excludes-everything\` | So much is excluded that nothing is left to judge: every hour of the week (an error), or a whole period. |
| \`exclusion-covered\` | Other stretches take out all of this one already. |
| \`exclusion-into-next-day\` | A stretch with \`every\` ends at, or shortly before, the time of day at which it begins, and so lasts 20 hours or more. |
| \`exclusion-over\`, \`exclusion-far-ahead\` | A stretch ended before the period that counts now began, or begins in more than two years: often a mistyped year. Only \`andon check\` says so, since it depends on the day. |
| \`repeated-day\` | \`every\` names a day twice. |
| \`fixed-offset\` | A time zone is an offset from UTC, as \`+02:00\` and \`Etc/GMT-2\` are. It is used as it stands, and knows no summer time. |
| \`time-zone-abbreviation\` | A time zone is an abbreviation that stands for several, such as \`BST\` or \`IST\`; the message says which it is read as. |
| \`budget-not-recordable\` | With \`errorBudgetsFrom: recording-rules\`, a budget has a calendar period, counts slices or excludes stretches, which rules cannot. |

With \`--source\`, it asks a live source:

| code | what is wrong |
| --- | --- |
| \`live-no-series\` | Nothing matches a selector. |
| \`live-between-buckets\` | The threshold of a latency signal lies between two buckets, so that its share is an interval whose lower end is judged. A warning; it names both, and all buckets there are. |
| \`live-no-bucket\` | The threshold lies below every bucket, or the histogram has no classic buckets: no request can be shown to be fast enough. |
| \`live-good-counts-failures\` | \`good\` matches series of server errors. |
| \`live-outside-total\` | Series of the numerator are not among those of \`total\`: an error when none is, a warning when some are not. |
| \`live-ratio-of-a-gauge\`, \`live-gauge-of-a-counter\` | The metadata of the metric says another type. |
| \`live-too-many-groups\` | A signal has more groups than \`maxGroups\` lets be judged. |
| \`live-false-alarms\` | At the traffic of the last hour, chance alone fires a budget's tiers more than once a year. |
| \`live-not-recorded\` | With \`errorBudgetsFrom: recording-rules\`, the source has no series of the rules of a budget, or not of all its windows. |
| \`live-recorded-otherwise\` | The rules were made for another objective (a warning), or do not split what they record as the signal does. |
| \`live-not-checked\` | The source did not answer: what was asked for was not checked, which is an error. |

## Durations, shares and limits

Durations are written \`300ms\`, \`30s\`, \`5m\`, \`1h30m\`, \`30d\` or \`2w\`. Shares are written \`99.9%\` or \`0.999\`.
What stands in parentheses in the tables above is refused beyond it. Where nothing else is said, a text has at most ${maxTextLength} characters.

| what | limit |
| --- | --- |
| a window | ${formatDuration(minWindowMs)} to ${formatDuration(maxWindowMs)}. One under ${formatDuration(shortMs)} earns a warning, and with \`--source\` one under two scrape intervals instead. Of \`burnRates\`, no longer than the period, and the short one shorter than the long one. |
| \`for\` | ${maxForWindows} times the longest window of its condition, and never more than ${formatDuration(maxForMs)}: a long \`for\` over a short window starts anew at every flicker, so a lasting fault might never stop the line. |
| the period of an error budget | ${formatDuration(minPeriodMs)} to ${formatDuration(maxPeriodMs)}, or a calendar week, month, quarter or year. |
| a slice of time | ${formatDuration(minSliceMs)} to ${formatDuration(maxSliceMs)}. |
| an objective, the target of a slice | Above 0% and below 100%; a slice's target may be 100%, with a warning. |
| a name | ${sentence(dnsLabelShape)} |
| the name of a signal | ${sentence(signalNameShape.replace('a signal name: ', ''))} |
| the name of an error budget | ${sentence(budgetNameShape)} Without a \`name\`, that of its signal, which may then have no more. |
| a label | The name has letters, digits and underscores, at most ${maxLabelNameLength} characters; the value at most ${maxTextLength}. |
| a URL | At most 2048 characters, \`http://\` or \`https://\`, without user name and password. |
| a file | ${maxFileBytes / 1_048_576} MiB of UTF-8, ${maxDocuments} documents, mappings and lists ${maxDepth} levels deep, and ${maxValues} values in a document. Of a document ${maxProblems - 1} problems are shown. |
`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Cells of a table, from the second on; further rows begin with an empty cell. */
function tierRows(tiers: readonly BurnTier[]): string {
  return tiers
    .map(({ share, longMs, shortMs, factor }) =>
      [formatRatio(share), formatDuration(longMs), formatDuration(shortMs), factor].join(' | '),
    )
    .join(' |\n| | ')
    .concat(' |');
}
