import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate and its key, as PEM files. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes an authority of its own with the `openssl` program. */
export async function makeAuthority(directory: string, name: string): Promise<Certificate> {
  const { certFile, keyFile } = filesOf(directory, name);
  await run('openssl', [
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    keyFile,
    '-out',
    certFile,
    '-subj',
    `/CN=${name}`,
    '-days',
    '2',
  ]);
  return { certFile, keyFile };
}

/** Makes a certificate for 127.0.0.1, signed by the authority; `days` below zero makes it expired. */
export async function makeCertificate(
  directory: string,
  name: string,
  authority: Certificate,
  days = 2,
): Promise<Certificate> {
  const { certFile, keyFile } = filesOf(directory, name);
  const [request, extensions] = [join(directory, `${name}.csr`), join(directory, `${name}.ext`)];
  await run('openssl', ['req', ...newKey, '-keyout', keyFile, '-out', request, '-subj', `/CN=${name}`]);
  await writeFile(extensions, `subjectAltName=IP:127.0.0.1,DNS:${name}\n`);
  const signing = ['-CA', authority.certFile, '-CAkey', authority.keyFile, '-CAcreateserial', '-days', String(days)];
  await run('openssl', ['x509', '-req', '-in', request, ...signing, '-extfile', extensions, '-out', certFile]);
  return { certFile, keyFile };
}

function filesOf(directory: string, name: string): Certificate {
  return { certFile: join(directory, `${name}.crt`), keyFile: join(directory, `${name}.key`) };
}
