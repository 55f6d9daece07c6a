/** Behind a name or a number: a click leads to the dashboard of this service, with the data source and the time that were picked. */
export function toService(name: string): string {
  return ` → /d/andon-service?{datasource}&var-service=${name}&{time}`;
}
