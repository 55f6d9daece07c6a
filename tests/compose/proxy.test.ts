import { expect, test } from '@jest/globals';
import { proxyVariables } from '../../src/compose/proxy.ts';

test.each<readonly [Record<string, string | undefined>, readonly string[]]>([
  [{}, []],
  [{ HTTP_PROXY: 'http://p' }, ['HTTP_PROXY']],
  [{ https_proxy: 'http://p', HTTPS_PROXY: 'http://p', Http_Proxy: 'x' }, ['HTTPS_PROXY', 'Http_Proxy', 'https_proxy']],
  [{ HTTP_PROXY: '', https_proxy: undefined }, []],
  [{ NO_PROXY: 'a', MY_HTTP_PROXY: 'http://p' }, []],
])('of %j, those that have other programs use a proxy are %j', (env, names) => {
  expect(proxyVariables(env)).toEqual(names);
});
