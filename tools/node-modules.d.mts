export function modulesProblem(root: string): 'missing' | 'out of date' | undefined;
