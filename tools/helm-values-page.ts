/** Writes docs/helm-values.md from the comments in helm/andon/values.yaml. Run it after a change there. */
import { writeFileSync } from 'node:fs';
import { chartValues, type ChartValue } from './helm-values.ts';

export const helmValuesPagePath = 'docs/helm-values.md';

const notice =
  '<!-- Generated from helm/andon/values.yaml by tools/helm-values-page.ts. Change the comments there. -->';

export function helmValuesPage(): string {
  return `${notice}

# Values of the Helm chart

Every value of \`helm/andon\`, with what it is when nothing is said. [kubernetes.md](kubernetes.md) says how to use them.
\`values.schema.json\` knows them all: Helm refuses a name that is not here, and checks \`settings\` key by key.

| Value | Default | What it says |
|---|---|---|
${chartValues().flatMap(row).join('\n')}
`;
}

function row({ path, comment, isGroup, standard }: ChartValue): readonly string[] {
  // A group without words of its own is told by what is in it.
  if (isGroup && comment === '') return [];
  const shown = isGroup ? '' : `\`${JSON.stringify(standard)}\``;
  return [
    `| \`${path.join('.')}\` | ${shown.replaceAll('|', String.raw`\|`)} | ${comment.replaceAll('|', String.raw`\|`)} |`,
  ];
}

if (import.meta.main) writeFileSync(new URL(`../${helmValuesPagePath}`, import.meta.url), helmValuesPage());
