/** Runs a piece of work inside a span of that name; what it returns or throws passes through unchanged. */
export type Trace = <T>(name: string, attributes: TraceAttributes, work: () => Promise<T>) => Promise<T>;

export type TraceAttributes = Readonly<Record<string, string | number | boolean>>;

/** Runs the work without a span. */
export const untraced: Trace = async (_name, _attributes, work) => await work();
