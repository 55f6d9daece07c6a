import type { SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import type { DeliveryState, OutboxEntry } from '../../app/ports/store.ts';
import type { Checkpoint } from '../../domain/incident/checkpoint.ts';
import type { LogEvent, StoredLogEvent } from '../../domain/log/log-event.ts';
import type { Notification } from '../../domain/notification/notification.ts';
import { storeFailure } from './sqlite-failure.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/**
 * What a row must have to be of use. Everything else passes through untouched: a row of an older Andon may lack fields
 * that came later, one of a newer Andon may have fields this one does not know, and neither may be lost.
 */
const EventWire = z.looseObject({
  type: z.string(),
  service: z.string(),
  group: z.looseObject({}).optional(),
  incidentId: z.string().optional(),
  at: z.number(),
});
const CheckpointWire = z.looseObject({
  service: z.string(),
  evaluatedAt: z.number(),
  scopes: z.array(z.looseObject({})),
});
const NotificationWire = z.looseObject({
  id: z.string(),
  channel: z.string(),
  incidentId: z.string(),
  sequence: z.number(),
  page: z.looseObject({}),
});
const DeliveryWire = z.looseObject({ state: z.enum(['pending', 'delivered', 'failed', 'collapsed']) });

/** Reads rows of one database back into the domain; StoreError `corrupt` names the row that cannot be. */
export interface RowReader {
  event(row: Row): StoredLogEvent;
  checkpoint(row: Row): Checkpoint;
  outboxEntry(row: Row): OutboxEntry;
}

export function rowReader(file: string): RowReader {
  return {
    event(row) {
      const event = parse(file, EventWire, row, 'body', `event ${String(row['seq'])}`) as LogEvent;
      return { ...event, seq: Number(row['seq']), recordedAt: Number(row['recorded_at']) };
    },
    checkpoint(row) {
      return parse(file, CheckpointWire, row, 'body', `checkpoint of ${String(row['service'])}`) as Checkpoint;
    },
    outboxEntry(row) {
      const name = `notification ${String(row['id'])}`;
      return {
        notification: parse(file, NotificationWire, row, 'body', name) as Notification,
        delivery: parse(file, DeliveryWire, row, 'delivery', `delivery of ${name}`) as DeliveryState,
      };
    },
  };
}

/** Returns what was stored and not zod's copy, which would drop a label called `__proto__`. */
function parse(file: string, wire: z.ZodType, row: Row, column: string, name: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(String(row[column]));
  } catch (error) {
    throw storeFailure('corrupt', file, `${name} is not JSON`, error);
  }
  const checked = wire.safeParse(value);
  if (checked.success) return value;
  const [issue] = checked.error.issues;
  throw storeFailure('corrupt', file, `${name}: ${issue?.path.join('.')}: ${issue?.message}`);
}
