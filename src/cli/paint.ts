import picocolors from 'picocolors';

export type Paint = ReturnType<typeof picocolors.createColors>;

export function createPaint(colors: boolean): Paint {
  return picocolors.createColors(colors);
}

/** Colours for a terminal whose user has not asked for none (https://no-color.org). */
export function paintFor(
  stdout: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  return createPaint(stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb');
}

/** The colour of a word that Andon uses: red for what is wrong, yellow for what cannot be told, green for what is well. */
export function paintWord(paint: Paint, word: string): string {
  switch (word) {
    case 'held':
    case 'moving':
    case 'closed':
    case 'pass':
      return paint.green(word);
    case 'missed':
    case 'stopped':
    case 'firing':
    case 'open':
    case 'page':
    case 'stop':
      return paint.red(word);
    case 'unknown':
    case 'pending':
    case 'watching':
    case 'ticket':
    case 'warn':
    case 'hold':
      return paint.yellow(word);
    default:
      return word;
  }
}
