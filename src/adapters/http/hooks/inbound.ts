/** Which tools may tell of changes, and how each proves who it is; one that is absent is switched off. */
export interface Inbound {
  readonly github?: (HookNaming & { readonly secretFile: string }) | undefined;
  readonly flagger?: (HookNaming & { readonly tokenFile?: string | undefined }) | undefined;
  readonly argocd?: (HookNaming & { readonly tokenFile: string }) | undefined;
  readonly cdevents?: (HookNaming & { readonly tokenFile: string }) | undefined;
  readonly pagerdutyChanges?: (HookNaming & { readonly tokenFile: string }) | undefined;
}

/** How what a tool calls things leads to services. */
export interface HookNaming {
  /** Names that the tool uses, and the service that each is. */
  readonly services: Readonly<Record<string, string>>;
  /** Only changes in these count, where the tool names any. */
  readonly environments?: readonly string[] | undefined;
}

/** The service that the first of these names stands for; a name that stands for none may be a service's own. */
export function serviceNamed({ services }: HookNaming, names: readonly string[], otherwise: string): string {
  // Own keys only: a repository may be called `constructor`.
  const name = names.find((each) => Object.hasOwn(services, each));
  return (name === undefined ? undefined : services[name]) ?? otherwise;
}

/** Why changes in an environment do not count here, if they do not. */
export function leftOut({ environments }: HookNaming, environment: string | undefined): string | undefined {
  if (environments === undefined || environment === undefined || environments.includes(environment)) return undefined;
  return `changes in the environment ${JSON.stringify(environment)} are left out by the settings`;
}
