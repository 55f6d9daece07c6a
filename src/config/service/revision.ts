import { hashText } from '../../domain/hash.ts';
import type { Service } from '../../domain/service.ts';

/**
 * Names what was declared by its content. Two declarations have the same revision when they measure, promise and stop the
 * same; comments, the order of keys, white space and who is told do not matter.
 */
export function revisionOf({ signals, endState, rules }: Pick<Service, 'signals' | 'endState' | 'rules'>): string {
  // Every object here was put together by our own code, so its keys stand in one order whatever the file's order was.
  const essence = {
    signals: [...signals]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((signal) => ({ ...signal, description: undefined, maxGroups: undefined })),
    endState,
    rules: rules.map(({ name, when, forMs, severity, onUnknown }) => ({
      name,
      forMs,
      severity,
      onUnknown,
      when: when.text.replaceAll(/\s+/g, ' ').trim(),
    })),
  };
  return hashText(JSON.stringify(essence));
}
