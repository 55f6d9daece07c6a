/** Columns of the terminal that output goes to; undefined when it goes to a file or another program, which get it whole. */
export function terminalWidth(stdout: { readonly isTTY?: boolean; readonly columns?: number }): number | undefined {
  return stdout.isTTY === true && stdout.columns !== undefined && stdout.columns > 0 ? stdout.columns : undefined;
}
