/** The settings cannot be carried out; the message says what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
