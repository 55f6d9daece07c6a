import { describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { signature, signingKey } from '../../../../src/adapters/channels/webhook/sign.ts';
import { vectorSecret } from './webhook-bench.ts';

function keyOf(secret: string): Buffer {
  const key = signingKey(secret);
  if (key === undefined) throw new Error('this is a secret');
  return key;
}

test('signs the published test vector', () => {
  expect(signature([keyOf(vectorSecret)], 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}')).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

test('each of several secrets verifies by the standard’s own library', () => {
  const body = '{"title":"checkout — “91 %”"}';
  const now = Math.floor(Date.now() / 1000);
  const secrets = [vectorSecret, `whsec_${Buffer.alloc(32, 7).toString('base64')}`];
  const headers = {
    'webhook-id': 'inc-1:1:oncall',
    'webhook-timestamp': String(now),
    'webhook-signature': signature(secrets.map(keyOf), 'inc-1:1:oncall', now, body),
  };
  expect(headers['webhook-signature'].split(' ')).toHaveLength(2);
  for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(vectorSecret).verify(`${body} `, headers)).toThrow(/No matching signature/);
});

describe('a secret', () => {
  test.each([
    { name: 'may lack its prefix', secret: vectorSecret.slice(6), ok: true },
    { name: 'must not be empty', secret: 'whsec_', ok: false },
    { name: 'must be base64', secret: 'whsec_not base64!', ok: false },
    { name: 'must have 24 bytes', secret: `whsec_${Buffer.alloc(23).toString('base64')}`, ok: false },
    { name: 'must not have more than 64 bytes', secret: `whsec_${Buffer.alloc(65).toString('base64')}`, ok: false },
    { name: 'is no private key', secret: 'whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', ok: false },
  ])('$name', ({ secret, ok }) => {
    expect(signingKey(secret) !== undefined).toBe(ok);
  });
});
