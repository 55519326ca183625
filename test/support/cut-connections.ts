/** Servers whose connections break in the middle, as networks do. */
import { createServer as createWebServer, type Server as WebServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { listenOnLoopback, portOf } from './loopback-server.ts';

/** Passes a TCP connection on, until it is cut in the middle, as a network does. */
export class CuttableLine implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(port: number): Promise<CuttableLine> {
    const server = createServer();
    const line = new CuttableLine(server);
    server.on('connection', (near) => {
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) {
        line.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => line.#sockets.delete(socket));
      }
      near.pipe(far).pipe(near);
    });
    await listenOnLoopback(server);
    return line;
  }

  get port(): number {
    return portOf(this.#server);
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Sends a part of a transport stream and then breaks the connection. */
export class CuttingWebCamera implements AsyncDisposable {
  readonly #server: WebServer;

  private constructor(server: WebServer) {
    this.#server = server;
  }

  static async start(stream: Buffer): Promise<CuttingWebCamera> {
    const server = createWebServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'video/mp2t' });
      response.write(stream.subarray(0, Math.floor(stream.length / 188 / 4) * 188));
      setTimeout(() => response.destroy(), 500).unref();
    });
    await listenOnLoopback(server);
    return new CuttingWebCamera(server);
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}/camera.ts`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
