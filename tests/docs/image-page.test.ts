import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readPage, root } from './pages.ts';

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const { blocks, text } = readPage('docs/image.md');
const commands = blocks.map((block) => block.text).join('');
const found = (pattern: RegExp, where: string): readonly string[] => [
  ...new Set([...where.matchAll(pattern)].map(([, name = '']) => name)),
];

test('has a row for each argument of the Dockerfile, with what it usually is', () => {
  const declared = [...dockerfile.matchAll(/^ARG (\w+)=(\S+)$/gm)].map(
    ([, name, value]) => `\`${name}\` | \`${value}\``,
  );
  expect(declared).toHaveLength(4);
  expect(declared.filter((row) => !text.includes(`| ${row} |`))).toEqual([]);
});

test('gives arguments and secrets that the Dockerfile knows', () => {
  const args = found(/--build-arg (\w+)=/g, commands);
  expect(args).not.toHaveLength(0);
  expect(args.filter((name) => !dockerfile.includes(`ARG ${name}=`))).toEqual([]);
  const secrets = found(/--secret id=([\w-]+)/g, commands);
  expect(secrets.toSorted()).toEqual(found(/type=secret,id=([\w-]+)/g, dockerfile).toSorted());
});

test('names the user, the port and the places that the Dockerfile sets', () => {
  const [user = ''] = found(/^USER (\d+):\1$/gm, dockerfile);
  const [port = ''] = found(/^EXPOSE (\d+)$/gm, dockerfile);
  const [state = ''] = found(/^VOLUME (\S+)$/gm, dockerfile);
  const [folder = ''] = found(/^WORKDIR (\/etc\S+)$/gm, dockerfile);
  expect(text).toContain(`| user and group | ${user},`);
  expect(text).toContain(`| port | ${port},`);
  expect(text).toContain(`| state | \`${state}\`,`);
  expect(text).toContain(`| working folder | \`${folder}\``);
  expect(found(/ANDON_(?:LISTEN|DATA)=(\S+)/g, text.replaceAll('`', ' '))).toEqual([`:${port}`, state]);
  expect(found(/:(\/[\w/.]+)(?::ro)?[" ]/g, commands)).toEqual([`${folder}/andon.yaml`, `${folder}/rules`, state]);
});

test('lets the build see what the Dockerfile copies, and nothing else', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '));
  const seen = found(/^!(\S+)$/gm, readFileSync(join(root, '.dockerignore'), 'utf8'));
  expect(seen.toSorted()).toEqual(copied.toSorted());
});
