import { SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { Trace, TraceAttributes } from '../../app/ports/trace.ts';

/** Runs work inside a span that it may add to; without a started SDK there is no span and no cost. */
export async function inSpan<T>(
  name: string,
  attributes: TraceAttributes,
  work: (span: Span) => Promise<T>,
  kind: SpanKind = SpanKind.INTERNAL,
): Promise<T> {
  return await trace.getTracer('andon').startActiveSpan(name, { attributes, kind }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The app's port for spans, on OpenTelemetry. */
export const traced: Trace = async (name, attributes, work) => await inSpan(name, attributes, work);

/** The ids of the span that the current work runs in, for the log. */
export function currentSpan(): { readonly traceId: string; readonly spanId: string } | undefined {
  return trace.getActiveSpan()?.spanContext();
}

/** Marks a failure that came as a value and not as an exception. */
export function markFailed(span: Span, reason: string, detail: string): void {
  span.setAttribute('andon.reason', reason);
  span.setStatus({ code: SpanStatusCode.ERROR, message: detail });
}
