import Table from 'cli-table3';

/** Prints a table for people. */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  for (const row of rows) table.push([...row]);
  console.log(`\n${title}\n${table.toString()}`);
}

/** Prints the one JSON object that ends a bench's output. */
export function printResult(result: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify(result));
}
