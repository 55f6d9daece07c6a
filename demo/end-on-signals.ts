/** Somebody asked the demo to end. */
export class EndedBySignal extends Error {
  override readonly name = 'EndedBySignal';
  /** As shells count: 128 and the signal's number. */
  readonly exitCode: number;
  constructor(signal: string, number: number) {
    super(`Ended by ${signal}.`);
    this.exitCode = 128 + number;
  }
}

const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Aborts on Ctrl-C and its like, when nobody reads the output any more, and on errors nobody caught, so that whatever
 * happens everything is tidied up. A second Ctrl-C changes nothing: the tidying is under way.
 */
export function endOnSignals(): AbortSignal {
  const ending = new AbortController();
  for (const [signal, number] of Object.entries(signals)) {
    process.on(signal, () => ending.abort(new EndedBySignal(signal, number)));
  }
  process.stdout.on('error', () => ending.abort(new EndedBySignal('SIGPIPE', 13)));
  process.on('uncaughtException', (error) => ending.abort(error));
  return ending.signal;
}
