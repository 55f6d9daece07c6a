/** Fields that the options are called otherwise than, by the path that is asked; `*`: wherever they stand. */
const otherNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '*': { labels: '--label', service: 'the service', note: '--note', incident: '--remedies' },
  '/api/v1/changes': { change: '--id', service: '--service' },
};

/** `body.startedAt: must be …` as who typed a command knows it: `--started-at: must be …`. `path`: what was asked. */
export function withFlags(text: string, path: string): string {
  const names = new Map(Object.entries({ ...otherNames['*'], ...otherNames[path] }));
  if (path.endsWith('/notes')) names.set('note', 'the note');
  return text.replaceAll(/\b(?:body|query)((?:\.[A-Za-z]+)+)(?:\.[^\s:]+)?(?=:)/g, (whole, fields: string) => {
    const field = fields.split('.').find((word) => word !== '' && word !== 'matcher' && word !== 'remedies');
    return field === undefined ? whole : (names.get(field) ?? `--${kebab(field)}`);
  });
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
