/** Ends this process on Ctrl-C or SIGTERM by way of `exit`, at which every program that it started is ended too. */
export function endOnSignals(): void {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}
