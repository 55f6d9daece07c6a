/** What keeps an incident's pages from channels: somebody's silence, or maintenance that its rule file declares. */
export type SilencedBy =
  | {
      readonly kind: 'silence';
      readonly silenceId: string;
      /** Who answers for it. */
      readonly by: string;
      readonly reason: string;
      /** ms since the epoch on Andon's clock. */
      readonly until: number;
    }
  | { readonly kind: 'maintenance'; readonly reason: string; readonly until: number };
