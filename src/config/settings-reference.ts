import { generatedNotice, schemaTables } from './schema-tables.ts';
import { dnsLabelShape, maxTextLength } from './fields.ts';
import { maxPathLength } from './settings/settings-fields.ts';
import { SettingsFile } from './settings/settings-file.ts';

/** `docs/settings.md`: everything the settings file may say, from the schema that checks it. */
export function settingsReference(): string {
  return `${generatedNotice}

# Settings

\`andon run --settings andon.yaml\` reads its settings from one YAML document. Secrets never stand in it: it names the files that
hold them. Relative paths start at the folder that Andon is started in. [operating.md](operating.md) has an example,
and the flags and environment variables that win over the file. Andon reads the file again when it changes;
\`listen\`, \`data\` and \`tracing\` take effect at the next start ([Reload](operating.md#reload)).

${schemaTables(SettingsFile)}
## Limits

What stands in parentheses is refused beyond it. A *name* has ${dnsLabelShape.replace('a name of ', '').replace(' that ', ', and ')}.
A path has at most ${maxPathLength} characters, a text ${maxTextLength} where nothing else is said, and a URL 2048; it starts with \`http://\` or \`https://\`
and holds no user name or password. Durations are written \`300ms\`, \`30s\`, \`5m\` or \`1h30m\`, sizes \`512KiB\` or \`16MiB\`.
`;
}
