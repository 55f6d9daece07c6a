import pino, { type DestinationStream } from 'pino';
import type { Log, LogFields } from '../../app/ports/log.ts';
import { redact } from './redact.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** The span that the current work runs in, so that a line leads to its trace. */
  readonly currentSpan?: () => { readonly traceId: string; readonly spanId: string } | undefined;
  /** Standard error unless told otherwise. */
  readonly destination?: DestinationStream;
}

/** A log that can be told to write more or less. */
export interface PinoLog extends Log {
  setLevel(level: LogLevel): void;
}

/**
 * JSON lines on standard error, written before the call returns, so that nothing is lost when the process ends.
 * Stacks are written for errors only; secrets never.
 */
export function createPinoLog(options: LogOptions): PinoLog {
  const logger = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      mixin: () => spanFields(options.currentSpan?.()),
    },
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  );
  const write =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (!logger.isLevelEnabled(level)) return;
      logger[level](redact(fields, level === 'error') as object, message);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    setLevel: (level) => {
      logger.level = level;
    },
  };
}

function spanFields(span: { readonly traceId: string; readonly spanId: string } | undefined): object {
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
