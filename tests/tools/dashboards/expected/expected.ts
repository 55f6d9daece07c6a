/** By the title of a panel a line for each number; of a table the headings, then the rows. `(red)`: its colour. `→`: where a click leads. */
export type Expected = Readonly<Record<string, readonly string[]>>;
