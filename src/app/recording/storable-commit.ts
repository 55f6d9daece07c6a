import type { LedgerRow } from '../../domain/budget/ledger-rows.ts';
import type { Commit, LedgerWrite } from '../ports/store.ts';
import { StoreError } from '../ports/store.ts';

/**
 * A deeply frozen copy of a commit by way of JSON: what a store gives back later, shared with nobody.
 * Throws StoreError `invalid` for a commit that no store could give back.
 */
export function storableCopy(commit: Commit): Commit {
  mustBeStorable(commit);
  try {
    return freeze(JSON.parse(JSON.stringify(commit))) as Commit;
  } catch (error) {
    throw invalidCommit(error instanceof Error ? error.message : String(error), error);
  }
}

/** JSON would turn these numbers into null, and the log could not be read again. Throws StoreError `invalid`. */
export function mustBeStorable({ events, recordedAt, checkpoints, notifications }: Commit): void {
  mustBeFinite('recordedAt', recordedAt);
  for (const { type, at } of events ?? []) mustBeFinite(`the time of the event ${type}`, at);
  for (const { service, evaluatedAt } of checkpoints ?? []) mustBeFinite(`the time of ${service}`, evaluatedAt);
  for (const { id, sequence, createdAt } of notifications ?? []) {
    mustBeFinite(`the sequence of notification ${id}`, sequence);
    mustBeFinite(`the time of notification ${id}`, createdAt);
  }
}

/**
 * The commit as it is held while the store refuses: without its ledgers, which would pile up and which the source has
 * still. What they were to replace is forgotten, so that nothing is added to it later.
 */
export function withoutLedgers({ ledgers = [], ...commit }: Commit): Commit {
  const replaced = ledgers.filter((ledger) => ledger.replaces === true);
  if (replaced.length === 0) return commit;
  const keys = replaced.map(({ service, budget, group }) => ({ service, budget, group }));
  return { ...commit, forgottenLedgers: [...(commit.forgottenLedgers ?? []), ...keys] };
}

/** The rows that can be read back as they are; what the others held is missing then, and read from the source again. */
export function storableRows({ changes }: LedgerWrite): readonly LedgerRow[] {
  return changes.rows.filter(
    ({ slotMs, start, bad, total, gaps, cuts = [] }) =>
      Number.isSafeInteger(slotMs) &&
      Number.isSafeInteger(start) &&
      Number.isFinite(bad) &&
      Number.isFinite(total) &&
      gaps.every(({ from, to }) => Number.isFinite(from) && Number.isFinite(to)) &&
      cuts.every((cut) => [cut.at, cut.bad, cut.total].every(Number.isFinite)),
  );
}

/** For a commit whose content is the reason why it cannot be stored. */
export function invalidCommit(detail: string, cause?: unknown): StoreError {
  return new StoreError(
    'invalid',
    `Nothing was stored: the commit cannot be written (${detail}). Please report this.`,
    {
      cause,
    },
  );
}

function mustBeFinite(what: string, value: number): void {
  if (!Number.isFinite(value)) throw invalidCommit(`${what} is ${value}`);
}

function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const child of Object.values(value)) freeze(child);
  return Object.freeze(value);
}
