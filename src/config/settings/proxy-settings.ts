import * as z from 'zod';
import { httpUrl, show, text } from '../fields.ts';
import { cidr, filePath } from './settings-fields.ts';

const hostLabel = '[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?';
const hostOrSuffix = new RegExp(`^\\.?${hostLabel}(?:\\.${hostLabel})*\\.?$`);

/** A host's name, a suffix with a leading full stop, an address, or a network. */
const exception = () =>
  text({
    expected: 'a host name, a suffix such as .svc, an address, or a network such as 10.0.0.0/8',
    maxLength: 253,
  }).refine((value) => hostOrSuffix.test(value) || cidr().safeParse(value).success, {
    error: ({ input }) =>
      `expected a host name, a suffix such as .svc, an address, or a network such as 10.0.0.0/8, got ${show(input)}\n${remedy(String(input))}`,
  });

function remedy(written: string): string {
  if (written.startsWith('*.')) return `write ${show(written.slice(1))} for every name that ends so`;
  if (/^[A-Za-z0-9.-]+:\d+$/.test(written)) return `leave the port out: write ${show(written.replace(/:\d+$/, ''))}`;
  return 'write the host alone, without a scheme, a port or a path';
}

/** A forward proxy for what Andon sends. */
export const ProxySettings = z
  .strictObject({
    url: httpUrl().describe('Where the proxy listens, such as `http://proxy.example.com:3128`.'),
    basicAuth: z
      .strictObject({
        username: text({ expected: 'a text', maxLength: 256 })
          .refine((value) => !value.includes(':'), 'a user name holds no colon')
          .describe('User name.'),
        passwordFile: filePath().describe('File that holds the password; read anew when it changes.'),
      })
      .optional()
      .describe('What the proxy lets Andon in by, with HTTP basic authentication.'),
    except: z
      .array(exception(), { error: 'expected a list of hosts and networks' })
      .max(1000, 'expected at most 1000 entries')
      .default([])
      .describe(
        'Hosts that are reached without it: a name such as `prometheus.internal`, every name that ends in `.svc`, an address, or a network such as `10.0.0.0/8`, which means addresses in URLs and looks no name up. This machine itself is always reached without it.',
      ),
    tls: z
      .strictObject({
        caFile: filePath().describe('PEM file with the authorities to trust instead of the usual ones.'),
      })
      .optional()
      .describe(
        'How to trust the proxy itself, where its URL starts with `https://`. Its targets are trusted as without it.',
      ),
  })
  .superRefine(({ url }, context) => {
    const parsed = URL.parse(url);
    if (parsed === null || (parsed.pathname === '/' && parsed.search === '' && parsed.hash === '')) return;
    const message = 'a proxy has no path\nwrite its scheme, host and port alone, such as http://proxy.example.com:3128';
    context.addIssue({ code: 'custom', path: ['url'], message, params: { code: 'invalid-url' } });
  });
export type ProxySettings = z.infer<typeof ProxySettings>;
