/** How soon somebody has to look: `page` wakes somebody up, `ticket` can wait until the morning. */
export type Severity = 'page' | 'ticket';
