import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import type { Problem } from '../problem.ts';
import type { ChannelSettings } from './channels/channel-settings.ts';
import type { Settings } from './settings-file.ts';

/** Says what is wrong with a Handlebars template whose result is to be JSON (the default) or any text; given by whoever renders it. */
export type TemplateFaultFinder = (template: string, format?: 'json' | 'text') => string | undefined;

interface InlineTemplate {
  readonly path: DeclarationPath;
  readonly text: string;
  readonly format: 'json' | 'text';
}

/** An error for each template in the settings that cannot be used. */
export function templateProblems({ channels }: Settings, find: TemplateFaultFinder): readonly Problem[] {
  const templates = channels.flatMap((channel, index) => templatesOf(channel, ['channels', index]));
  return templates.flatMap(({ path, text, format }) => {
    const message = find(text, format);
    return message === undefined ? [] : [{ path, code: 'invalid-template', message }];
  });
}

function templatesOf(
  { webhook, alertmanager, slack, teams, pagerduty, cdevents }: ChannelSettings,
  at: DeclarationPath,
): readonly InlineTemplate[] {
  const body = webhook?.template;
  const texts: readonly (readonly [DeclarationPath, string | undefined])[] = [
    ...named(alertmanager?.annotations, [...at, 'alertmanager', 'annotations']),
    [[...at, 'slack', 'template'], slack?.template],
    [[...at, 'teams', 'template'], teams?.template],
    [[...at, 'pagerduty', 'summary'], pagerduty?.summary],
    ...named(pagerduty?.details, [...at, 'pagerduty', 'details']),
    [[...at, 'cdevents', 'description'], cdevents?.description],
  ];
  return [
    ...(body === undefined ? [] : [{ path: [...at, 'webhook', 'template'], text: body, format: 'json' as const }]),
    ...texts.flatMap(([path, text]) => (text === undefined ? [] : [{ path, text, format: 'text' as const }])),
  ];
}

function named(
  texts: Readonly<Record<string, string>> | undefined,
  at: DeclarationPath,
): readonly (readonly [DeclarationPath, string])[] {
  return Object.entries(texts ?? {}).map(([name, text]) => [[...at, name], text] as const);
}
