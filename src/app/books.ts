import { ChangeBook } from './changes/change-book.ts';
import { ClaimBook } from './changes/claim-book.ts';
import { DeliveryBook } from './changes/delivery-book.ts';
import { GateBook } from './gate/gate-book.ts';
import { ProtectionBook } from './gate/protection-book.ts';
import type { Clock } from './ports/clock.ts';
import type { Store } from './ports/store.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { IncidentBook } from './recording/incident-book.ts';
import { readLog } from './recording/read-log.ts';
import { ShadowBook } from './shadow/shadow-book.ts';
import { SilenceBook } from './silence/silence-book.ts';

/** The log folded, subject by subject. */
export interface Books {
  readonly incidents: IncidentBook;
  readonly shadows: ShadowBook;
  readonly gates: GateBook;
  readonly protections: ProtectionBook;
  readonly silences: SilenceBook;
  readonly changes: ChangeBook;
  readonly claims: ClaimBook;
  readonly delivery: DeliveryBook;
}

export interface BooksParts {
  readonly store: Pick<Store, 'events'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly telemetry: Pick<
    Telemetry,
    'eventsCommitted' | 'changeHeld' | 'deploymentSettled' | 'shadowStopped' | 'changed'
  >;
}

/** Reads the whole log into books, and tells telemetry what follows from it. Rejects with StoreError. */
export async function readBooks({ store, clock, telemetry }: BooksParts): Promise<Books> {
  const delivery = new DeliveryBook((settled) => {
    telemetry.deploymentSettled(settled);
  });
  const shadows = new ShadowBook((stop) => {
    telemetry.shadowStopped(stop);
  });
  const books: Books = {
    shadows,
    incidents: new IncidentBook(),
    gates: new GateBook((held) => {
      telemetry.changeHeld(held);
    }),
    protections: new ProtectionBook(),
    silences: new SilenceBook(),
    changes: new ChangeBook(),
    claims: new ClaimBook(),
    delivery,
  };
  books.incidents.listen((applied) => {
    delivery.happened(applied);
  });
  books.changes.listen((change) => {
    telemetry.changed(change);
    delivery.changed(change);
  });
  delivery.knownFrom(clock.now());
  await readLog(store, (events) => {
    for (const { recordedAt } of events.slice(0, 1)) delivery.knownFrom(recordedAt);
    books.shadows.apply(events);
    books.gates.apply(events);
    books.claims.apply(events);
    books.protections.apply(events);
    books.silences.apply(events);
    // One by one: what becomes of a deployment depends on the order in which changes and incidents were told of.
    for (const event of events) {
      telemetry.eventsCommitted(books.incidents.apply([event]));
      books.changes.apply([event]);
    }
  });
  return books;
}
