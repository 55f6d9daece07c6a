import { noneIsBetter, noneIsGood } from './colours.ts';
import { graph, happenings, type AnyPanel } from './panels.ts';
import { growth, lines, perSecond, quantileLine, typicalAndWorst } from './queries.ts';

const of = 'instance=~"$instance"';

/** How Andon looks at services. */
export function polls(): readonly AnyPanel[] {
  return [
    graph({
      title: 'Polls',
      description: 'Polls per second by outcome. partial: some signals failed; failed: no signal could be read.',
      unit: 'ops',
      width: 8,
      noValue: 'Nothing is polled',
      queries: [lines(perSecond('andon_polls_total', of, 'outcome'), '{{outcome}}')],
    }),
    graph({
      title: 'How late polls begin',
      description:
        'Time from when a poll was due to when it began. It grows when Andon has too little CPU or a source is slow.',
      unit: 's',
      width: 8,
      noValue: 'Nothing is polled',
      queries: typicalAndWorst('andon_poll_lateness_seconds', of),
    }),
    graph({
      title: 'How long polls take',
      description: 'From asking the source to the commit.',
      unit: 's',
      width: 8,
      noValue: 'Nothing is polled',
      queries: typicalAndWorst('andon_poll_duration_seconds', of),
    }),
    graph({
      title: 'Time since the last look',
      description:
        "The ten services whose last evaluated instant is oldest, of all Andons that watch them. It follows the source's clock.",
      unit: 's',
      width: 8,
      noValue: 'No service has been evaluated yet',
      queries: [lines(`topk(10, time() - min by (service) (andon_last_poll_timestamp_seconds{${of}}))`, '{{service}}')],
    }),
    happenings({
      title: 'Polls that never ran',
      description: 'Polls that were due while the one before them took too long, or while Andon was away.',
      unit: 'short',
      width: 8,
      noValue: 'All polls ran',
      thresholds: noneIsBetter(),
      queries: [lines(growth('andon_polls_missed_total', of, 'service'), '{{service}}')],
    }),
    happenings({
      title: 'Caught up',
      description: "Time that Andon was away for and has judged afterwards from the source's history.",
      unit: 's',
      width: 8,
      noValue: 'Andon was never away',
      queries: [lines(growth('andon_caught_up_seconds_total', of, 'service'), '{{service}}')],
    }),
  ];
}

/** How sources answer. */
export function sources(): readonly AnyPanel[] {
  return [
    graph({
      title: 'How long sources take',
      description: 'What 99 % of requests stay below, by what was asked.',
      unit: 's',
      width: 8,
      noValue: 'No source has answered',
      queries: [
        lines(
          quantileLine(0.99, 'andon_source_request_duration_seconds', of, 'source, operation'),
          '{{source}} {{operation}}',
        ),
      ],
    }),
    happenings({
      title: 'Requests that sources did not answer',
      description: 'By reason: unavailable, timeout, rejected, too-expensive, bad-response.',
      unit: 'short',
      width: 8,
      noValue: 'All were answered',
      thresholds: noneIsGood(),
      queries: [lines(growth('andon_source_errors_total', of, 'source, reason'), '{{source}}: {{reason}}')],
    }),
    graph({
      title: 'Since the last answer',
      description:
        'Time since a source last answered the Andon that it keeps waiting longest, whatever it was asked. While it grows, nothing of that source can be judged. A source that has never answered is not in it.',
      unit: 's',
      width: 4,
      noValue: 'No source has answered',
      queries: [lines(`time() - min by (source) (andon_source_last_answer_timestamp_seconds{${of}})`, '{{source}}')],
    }),
    graph({
      title: 'Clock skew',
      description: "The source's clock less Andon's. Andon judges in the source's time, so that it does no harm.",
      unit: 's',
      width: 4,
      noValue: 'No source has been asked for its time',
      queries: [lines(`max by (source) (andon_source_clock_skew_seconds{${of}})`, '{{source}}')],
    }),
  ];
}
