/** The machine lacks something. `message` says what and what to do; `output` is what the failed command printed, if any. */
export class SetupError extends Error {
  name = 'SetupError';
  output;
  constructor(message, output) {
    super(message);
    this.output = output;
  }
}
