/** The demo cannot go on. `message` says what is missing and `log` is the tail of the child's output, if one is to blame. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
  readonly log: string | undefined;
  constructor(message: string, log?: string) {
    super(message);
    this.log = log;
  }
}
