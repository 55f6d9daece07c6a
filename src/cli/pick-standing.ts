import type { CommandFault } from './tell-error.ts';

interface Standing {
  readonly id: string;
  readonly service: string;
}

/** Which of the freezes or overrides that stand a person means. */
export type Picked<T> =
  { readonly kind: 'one'; readonly it: T } | { readonly kind: 'unclear'; readonly fault: CommandFault };

/** Picks by id, or the only one of a service. `noun`: what they are, such as `freeze`; `command`: what ends one by its id. */
export function pickStanding<T extends Standing>(
  all: readonly T[],
  named: string,
  {
    noun,
    command,
    describe,
  }: { readonly noun: string; readonly command: string; readonly describe: (it: T) => string },
): Picked<T> {
  const byId = all.find(({ id }) => id === named);
  if (byId !== undefined) return { kind: 'one', it: byId };
  const own = all.filter(({ service }) => service === named);
  const [only, ...more] = own;
  if (only !== undefined && more.length === 0) return { kind: 'one', it: only };
  const list = (some: readonly T[]): string => some.map((each) => `\n  ${each.id}  ${describe(each)}`).join('');
  if (only !== undefined) {
    const message = `${named} has ${own.length} ${noun}s:${list(own)}`;
    return { kind: 'unclear', fault: { message, hint: `Name one: ${command} <id>`, reason: 'several' } };
  }
  const general = all.filter(({ service }) => service === '*');
  const message = `there is no ${noun} ${JSON.stringify(named)}, and none of a service of that name`;
  if (general.length === 0)
    return {
      kind: 'unclear',
      fault: { message, hint: `See which stand with \`andon ${noun}s\`.`, reason: `unknown-${noun}` },
    };
  return {
    kind: 'unclear',
    fault: {
      message: `${message}; every line is under:${list(general)}`,
      hint: `End that for every service: ${command} <id>`,
      reason: `unknown-${noun}`,
    },
  };
}
