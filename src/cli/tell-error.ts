/** Why a command could not do what was asked. */
export interface CommandFault {
  /** For people: what happened, and what to do about it. */
  readonly message: string;
  /** What to do about it, where that is not said yet. */
  readonly hint?: string;
  /** One word for programs, where there is one: `unknown-incident`. */
  readonly reason?: string;
  /** HTTP status of the daemon's answer. */
  readonly status?: number;
  /** Everything that is wrong, one entry each. */
  readonly problems?: readonly unknown[];
}

/**
 * Writes an error to standard error: a line for people that starts with `prefix`, or `{"error": …}` where output for
 * programs was asked for. Standard output stays for results.
 */
export function tellError(
  stderr: { write(text: string): unknown },
  output: string,
  fault: CommandFault,
  prefix = 'error: ',
): void {
  const { message, hint } = fault;
  const text = hint === undefined ? message : `${message}\n  ${hint}`;
  stderr.write(output === 'json' ? `${JSON.stringify({ error: fault })}\n` : `${prefix}${text}\n`);
}

/** Whether a command line asks for JSON; for errors in the command line itself, which nobody has parsed. */
export function asksForJson(argv: readonly string[]): boolean {
  const flags = ['-o', '--output', '--report'];
  return argv.some((arg, index) =>
    flags.includes(arg) ? argv[index + 1] === 'json' : ['-ojson', '--output=json', '--report=json'].includes(arg),
  );
}
