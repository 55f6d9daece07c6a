import { expect, test } from '@jest/globals';
import { incidentId } from '../../../src/domain/incident/incident-id.ts';

const at = Date.UTC(2026, 7, 22, 2, 7, 11);

test.each([
  ['a service', 'checkout', {}, 'checkout-20260822T020711Z'],
  ['a group', 'checkout', { region: 'eu-west' }, 'checkout.eu-west-20260822T020711Z'],
])('%s has an incident that is named after it and its moment', (_name, service, group, id) => {
  expect(incidentId(service, group, at)).toBe(id);
});

test.each([
  ['a group and a service of that name', ['checkout', { region: 'eu' }], ['checkout-eu', {}]],
  ['groups that differ in case', ['checkout', { region: 'EU' }], ['checkout', { region: 'eu' }]],
  ['values that are joined alike', ['checkout', { a: 'x-y', b: 'z' }], ['checkout', { a: 'x', b: 'y-z' }]],
  ['values in other labels', ['checkout', { a: 'x', b: 'y' }], ['checkout', { a: 'y', b: 'x' }]],
  ['a group without a value and the whole service', ['checkout', { region: '' }], ['checkout', {}]],
  ['groups of other letters', ['checkout', { region: '東京' }], ['checkout', { region: '大阪' }]],
  ['long groups', ['checkout', { pod: `${'x'.repeat(50)}1` }], ['checkout', { pod: `${'x'.repeat(50)}2` }]],
] as const)('%s have names of their own', (_name, [a, groupA], [b, groupB]) => {
  expect(incidentId(a, groupA, at)).not.toBe(incidentId(b, groupB, at));
});

test('the order of a group’s labels does not matter', () => {
  expect(incidentId('checkout', { a: '1', b: '2' }, at)).toBe(incidentId('checkout', { b: '2', a: '1' }, at));
});

test('a name is safe in a path and in a file', () => {
  expect(incidentId('checkout', { path: '../../etc/passwd?#', zone: ' a\nb ' }, at)).toMatch(
    /^[a-z0-9.-]+-20260822T020711Z$/,
  );
});
