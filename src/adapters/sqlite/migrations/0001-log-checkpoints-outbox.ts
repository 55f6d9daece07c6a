/**
 * `body` and `delivery` hold the whole value as JSON and are what is read back; the other columns repeat parts of it
 * for ordering, indexes and people with a SQL prompt. Times are REAL: a source's clock has fractions of a millisecond.
 */
export const logCheckpointsOutbox = `
  CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    recorded_at REAL NOT NULL,
    type TEXT,
    service TEXT,
    incident_id TEXT,
    at REAL,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE checkpoint (
    service TEXT PRIMARY KEY NOT NULL,
    evaluated_at REAL,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE outbox (
    id TEXT PRIMARY KEY NOT NULL,
    channel TEXT,
    incident_id TEXT NOT NULL,
    sequence REAL,
    state TEXT NOT NULL,
    attempts REAL,
    next_attempt_at REAL,
    delivery TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;

  CREATE INDEX outbox_by_incident ON outbox (incident_id);
  CREATE INDEX outbox_pending ON outbox (id) WHERE state = 'pending';
`;
