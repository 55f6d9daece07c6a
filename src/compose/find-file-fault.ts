import { readFile } from 'node:fs/promises';
import { appKeyProblem } from '../adapters/github/app-jwt.ts';
import { readToken } from '../adapters/http/token-file.ts';
import { errorCode } from '../adapters/channels/posting/error-code.ts';
import { isRoutingKey } from '../adapters/channels/pagerduty/options.ts';
import { signingKey } from '../adapters/channels/webhook/sign.ts';
import { checkTemplate } from '../adapters/channels/template/template.ts';
import { urlProblem } from '../adapters/channels/posting/url-problem.ts';
import type { FileFault, NamedFile } from '../config/settings/named-files.ts';

/** Reads a file that settings name, as the part that uses it will. Never rejects, and never shows what the file holds. */
export async function findFileFault(file: NamedFile): Promise<FileFault | undefined> {
  let text: string;
  try {
    text = (await readFile(file.path, 'utf8')).trim();
  } catch (error) {
    return unreadable(file.path, error);
  }
  if (text === '') return invalid(`the file ${file.path} is empty`, contents[file.kind]);
  return await faultIn(file, text);
}

async function faultIn({ path, kind }: NamedFile, text: string): Promise<FileFault | undefined> {
  switch (kind) {
    case 'pem':
      if (text.includes('-----BEGIN ')) return undefined;
      return invalid(`the file ${path} holds no PEM`, contents.pem);
    case 'credential':
      if (/^[\t\u0020-\u007e\u0080-\u00ff]*$/u.test(text)) return undefined;
      return invalid(`the file ${path} holds characters that no HTTP header may carry`, contents.credential);
    case 'signing-secret':
      if (signingKey(text) !== undefined) return undefined;
      return {
        code: 'invalid-secret',
        message: `the file ${path} holds no signing secret`,
        hint: contents['signing-secret'],
      };
    case 'url': {
      const problem = urlProblem(text);
      return problem === undefined ? undefined : invalid(`the file ${path}: ${problem}`, contents.url);
    }
    case 'template': {
      const problem = checkTemplate(text);
      if (problem === undefined) return undefined;
      return { code: 'invalid-template', message: `the file ${path}: ${problem}`, hint: 'mend the template' };
    }
    case 'routing-key':
      return isRoutingKey(text)
        ? undefined
        : invalid(`the file ${path} holds no integration key of PagerDuty`, contents['routing-key']);
    case 'app-key': {
      const problem = appKeyProblem(text);
      return problem === undefined ? undefined : invalid(`the file ${path}: ${problem}`, contents['app-key']);
    }
    case 'api-token': {
      const token = await readToken(path);
      return token.kind === 'unreadable' ? invalid(token.detail, contents['api-token']) : undefined;
    }
  }
}

const contents = {
  pem: 'put a PEM there: text that starts with -----BEGIN',
  credential: 'put the bare secret there, on one line',
  'signing-secret':
    'put whsec_ and 24 to 64 random bytes in base64 there, as from: echo "whsec_$(openssl rand -base64 32)"',
  url: 'put the whole URL there, starting with http:// or https://',
  template: 'put a Handlebars template there',
  'routing-key': 'put the integration key there: 32 letters and digits, from the service or event orchestration',
  'app-key':
    'put the private key there that GitHub gave you for the App, starting with -----BEGIN RSA PRIVATE KEY-----',
  'api-token': 'put one word of random characters there, as from: openssl rand -hex 32',
} as const satisfies Record<NamedFile['kind'], string>;

function invalid(message: string, hint: string): FileFault {
  return { code: 'invalid-file', message, hint };
}

function unreadable(path: string, error: unknown): FileFault {
  const code = errorCode(error) ?? 'unknown error';
  return { code: 'unreadable-file', message: `the file ${path} cannot be read (${code})`, hint: remedy(code) };
}

function remedy(code: string): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'create it, or mend the path; a relative one starts in the working directory';
    case 'EACCES':
    case 'EPERM':
      return 'let the user that Andon runs as read it';
    case 'EISDIR':
      return 'name a file in this folder';
    default:
      return 'check that it is a file which Andon may read';
  }
}
