import { expect, test } from '@jest/globals';
import { DatabaseSync } from 'node:sqlite';
import { migrate } from '../../../src/adapters/sqlite/migrate.ts';

const first = 'CREATE TABLE a (x); INSERT INTO a VALUES (1)';
const second = 'ALTER TABLE a ADD COLUMN y DEFAULT 2';

test('only what is missing is done, in order, and once', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database, 'a file', [first]);
  migrate(database, 'a file', [first, second]);
  migrate(database, 'a file', [first, second]);
  expect(database.prepare('SELECT * FROM a').all()).toEqual([expect.objectContaining({ x: 1, y: 2 })]);
  expect(database.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 2 });
  database.close();
});

test('a migration that fails leaves the database as the one before it did', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database, 'a file', [first]);
  expect(() => migrate(database, 'a file', [first, `${second}; INSERT INTO nowhere VALUES (1)`])).toThrow(
    'no such table',
  );
  expect(database.isTransaction).toBe(false);
  expect(database.prepare('SELECT * FROM a').all()).toEqual([expect.objectContaining({ x: 1 })]);
  expect(
    database
      .prepare('SELECT * FROM a')
      .columns()
      .map(({ name }) => name),
  ).toEqual(['x']);
  expect(database.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 1 });
  database.close();
});
