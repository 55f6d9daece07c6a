import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A request as it came to the proxy: `CONNECT` with `host:port`, or any other method with a whole URL. */
export interface ProxiedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  /** Counts the connections: equal numbers came over one connection. */
  readonly connection: number;
}

/** What the proxy does with requests. */
export type ProxyConduct =
  | { readonly kind: 'serve' }
  /** Answers each with this status, and says back what it was sent. */
  | { readonly kind: 'answer'; readonly status: number }
  /** Takes each and never says a word. */
  | { readonly kind: 'hang' }
  /** Hangs up on each. */
  | { readonly kind: 'cut-off' }
  /** Answers with what is no HTTP. */
  | { readonly kind: 'babble' };

/** A forward proxy on the loopback interface. It alone knows where the names of `hosts` lead: to ports of this machine. */
export class ProxyServer implements AsyncDisposable {
  readonly requests: ProxiedRequest[] = [];
  readonly hosts: Record<string, number> = {};
  conduct: ProxyConduct = { kind: 'serve' };
  /** `user:password` that it asks for; absent: it lets everybody in. */
  login: string | undefined;
  readonly #isSecure: boolean;
  readonly #server: ReturnType<typeof createServer>;
  readonly #sockets = new Map<Duplex, number>();
  #connections = 0;
  #port = 0;

  private constructor(tls?: ServerOptions) {
    this.#isSecure = tls !== undefined;
    const take = (request: IncomingMessage, response: ServerResponse): void => this.#takeRequest(request, response);
    this.#server = tls === undefined ? createServer(take) : createSecureServer(tls, take);
    this.#server.on('connect', (request: IncomingMessage, socket: Duplex) => this.#takeConnect(request, socket));
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.#connections += 1;
      this.#keep(socket, this.#connections);
    });
  }

  static async start(tls?: ServerOptions): Promise<ProxyServer> {
    const proxy = new ProxyServer(tls);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    proxy.#port = (proxy.#server.address() as AddressInfo).port;
    return proxy;
  }

  get url(): string {
    return `${this.#isSecure ? 'https' : 'http'}://127.0.0.1:${this.#port}`;
  }

  /** As Andon calls it. */
  get name(): string {
    return `the proxy 127.0.0.1:${this.#port}`;
  }

  /** Connections that are open to it and from it. */
  get open(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
  }

  #keep(socket: Duplex, connection: number): void {
    if (this.#sockets.has(socket)) return;
    this.#sockets.set(socket, connection);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
  }

  /** Whether it is to be served; otherwise it has been answered as the conduct says. */
  #admits(request: IncomingMessage, refuse: (status: number) => void): boolean {
    const { method = '', url = '', headers, socket } = request;
    this.requests.push({ method, target: url, headers, connection: this.#sockets.get(socket) ?? 0 });
    const expected = this.login === undefined ? undefined : `Basic ${Buffer.from(this.login).toString('base64')}`;
    switch (this.conduct.kind) {
      case 'hang':
        // Of a connection that asked for a tunnel nobody else sees the end.
        socket.on('end', () => socket.destroy()).resume();
        return false;
      case 'cut-off':
        socket.destroy();
        return false;
      case 'babble':
        socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n');
        return false;
      case 'answer':
        refuse(this.conduct.status);
        return false;
      case 'serve':
        if (expected === undefined || headers['proxy-authorization'] === expected) return true;
        refuse(407);
        return false;
    }
  }

  #takeRequest(request: IncomingMessage, response: ServerResponse): void {
    const said = `refused ${request.url} ${Object.values(request.headers).join(' ')}`;
    request.resume();
    if (!this.#admits(request, (status) => response.writeHead(status).end(said))) return;
    const url = URL.parse(request.url ?? '');
    const port = url === null ? undefined : this.#portOf(url.hostname, url.port);
    if (url === null || port === undefined) {
      response.writeHead(502).end();
      return;
    }
    const { 'proxy-authorization': _own, 'proxy-connection': _theirs, ...headers } = request.headers;
    const onward = forward(
      { host: '127.0.0.1', port, method: request.method, path: url.pathname + url.search, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('socket', (socket) => this.#keep(socket, 0));
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  }

  #takeConnect(request: IncomingMessage, socket: Duplex): void {
    const said = `refused ${Object.values(request.headers).join(' ')}`;
    const refuse = (status: number): void =>
      void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: ${said.length}\r\n\r\n${said}`);
    if (!this.#admits(request, refuse)) return;
    const [, host = '', asked = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(request.url ?? '') ?? [];
    const port = this.#portOf(host, asked);
    if (port === undefined) return refuse(503);
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    this.#keep(onward, 0);
    onward.on('error', () => refuse(502));
    onward.on('close', () => socket.destroy());
    socket.on('end', () => onward.destroy()).on('close', () => onward.destroy());
  }

  #portOf(host: string, port: string): number | undefined {
    return this.hosts[host] ?? (/^(127\.|10\.)/.test(host) ? Number(port) : undefined);
  }
}
