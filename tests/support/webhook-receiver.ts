import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it came in, whole. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact text, for signatures. */
  readonly text: string;
  /** Counts the connections: equal numbers came over one connection. */
  readonly connection: number;
}

/** What to do with a request. */
export type ReceiverAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Reads the request and never says a word. */
  | { readonly kind: 'hang' }
  /** Sends the status line and headers byte by byte and never ends them. */
  | { readonly kind: 'drip-headers' }
  /** Sends status and headers at once, then a body that never ends. */
  | { readonly kind: 'drip-body'; readonly status: number }
  /** Closes the connection instead of answering. */
  | { readonly kind: 'cut-off' }
  /** Closes the connection in the middle of the body. */
  | { readonly kind: 'cut-body'; readonly status: number }
  /** Answers with far more than anybody wants to read. */
  | { readonly kind: 'flood'; readonly status: number };

export type Answerer = (request: ReceivedRequest, count: number) => ReceiverAnswer;

/** Answers with a status alone. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}, body = ''): ReceiverAnswer {
  return { kind: 'answer', status: code, headers, body };
}

/** A webhook receiver on the loopback interface that does what it is told and remembers what it was sent. */
export class WebhookReceiver {
  readonly requests: ReceivedRequest[] = [];
  /** Decides on each request; accepts with 200 unless told otherwise. */
  answer: Answerer = () => status(200);
  #server = createServer((request, response) => void this.#take(request, response));
  readonly #sockets = new Map<Socket, number>();
  readonly #drips = new Set<NodeJS.Timeout>();
  readonly #waiting: { readonly count: number; wake(): void }[] = [];
  #port = 0;
  #connections = 0;

  static async start(port = 0): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await receiver.#listen(port);
    return receiver;
  }

  get port(): number {
    return this.#port;
  }

  /** `http://127.0.0.1:<port>`. */
  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Resolves once so many requests have come, counted from the start. */
  async received(count: number): Promise<readonly ReceivedRequest[]> {
    if (this.requests.length < count) {
      await new Promise<void>((resolve) => {
        this.#waiting.push({ count, wake: resolve });
      });
    }
    return this.requests;
  }

  /** Stops listening and cuts every connection, so that new ones are refused. */
  async refuse(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#cutAll();
    await closed;
  }

  /** Listens again, on the same port. */
  async comeBack(): Promise<void> {
    this.#server = createServer((request, response) => void this.#take(request, response));
    await this.#listen(this.#port);
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.refuse();
    this.#cutAll();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #listen(port: number): Promise<void> {
    this.#server.on('connection', (socket) => {
      this.#connections += 1;
      this.#sockets.set(socket, this.#connections);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #cutAll(): void {
    for (const timer of this.#drips) clearTimeout(timer);
    this.#drips.clear();
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const received: ReceivedRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      text: Buffer.concat(chunks).toString('utf8'),
      connection: this.#sockets.get(request.socket) ?? 0,
    };
    this.requests.push(received);
    this.#reply(this.answer(received, this.requests.length), request.socket, response);
    for (const waiter of this.#waiting.filter(({ count }) => count <= this.requests.length)) waiter.wake();
  }

  #reply(answer: ReceiverAnswer, socket: Socket, response: ServerResponse): void {
    switch (answer.kind) {
      case 'answer':
        response.writeHead(answer.status, answer.headers).end(answer.body);
        return;
      case 'hang':
        return;
      case 'cut-off':
        socket.destroy();
        return;
      case 'drip-headers':
        this.#drip(socket, 'HTTP/1.1 200 OK\r\nx-slow: ', 'z');
        return;
      case 'drip-body':
        this.#drip(socket, `HTTP/1.1 ${answer.status} Slow\r\ncontent-length: 100000\r\n\r\n`, 'z');
        return;
      case 'cut-body':
        socket.write(`HTTP/1.1 ${answer.status} Cut\r\ncontent-length: 1000\r\n\r\nhalf`, () => socket.destroy());
        return;
      case 'flood':
        response.writeHead(answer.status).end('z'.repeat(4_000_000));
    }
  }

  #drip(socket: Socket, text: string, then: string): void {
    if (socket.destroyed) return;
    socket.write(text);
    const timer = setTimeout(() => {
      this.#drips.delete(timer);
      this.#drip(socket, then, then);
    }, 20);
    this.#drips.add(timer);
  }
}
