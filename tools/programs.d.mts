export const programs: Readonly<Record<string, { readonly variable: string; readonly debian: string }>>;

export function findProgram(name: string, env?: Readonly<Record<string, string | undefined>>): string | undefined;

export function missingProgramsMessage(names: readonly string[], why: string): string;

export function debianPackages(names: readonly string[]): readonly string[];
