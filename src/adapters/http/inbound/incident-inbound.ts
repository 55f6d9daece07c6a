/** Who may tell of incidents from outside, and how they prove who they are; one that is absent is switched off. */
export interface IncidentInbound {
  readonly pagerduty?: { readonly secretFiles: readonly string[] } | undefined;
  readonly alertmanager?:
    | {
        readonly tokenFile?: string | undefined;
        readonly basicAuth?: { readonly username: string; readonly passwordFile: string } | undefined;
        /** Label of alerts that names the service. */
        readonly serviceLabel: string;
      }
    | undefined;
}
