interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export function completed(packages: Readonly<Record<string, LockedPackage>>): {
  readonly packages: Readonly<Record<string, LockedPackage>>;
  readonly added: readonly string[];
};
