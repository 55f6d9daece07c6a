export function ensurePrograms(
  names: readonly string[],
  say: (line: string) => void,
  machine?: { readonly isRoot: boolean; readonly policyFile: string },
): Promise<Readonly<Record<string, string>>>;
