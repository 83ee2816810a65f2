import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** A TCP proxy in front of a broker that can forward requests and swallow the answers. */
export interface LossyProxy {
  /** Whether answers are swallowed from now on. */
  swallow: boolean;
  /** Bytes of answers that were swallowed. */
  readonly swallowed: number;
  /** Routes a client's every connection through it: the addresses that a broker advertises lead past any proxy. */
  readonly socketFactory: ISocketFactory;
  close(): void;
}

export async function lossyProxy(address: string): Promise<LossyProxy> {
  const [host, port] = address.split(':') as [string, string];
  const sockets = new Set<Socket>();
  let swallowed = 0;
  const proxy = {
    swallow: false,
    get swallowed() {
      return swallowed;
    },
    socketFactory: ((({ onConnect }) => connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, onConnect)) satisfies ISocketFactory),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  const server = createServer((client) => {
    const broker = connect(Number(port), host);
    for (const [socket, other] of [[client, broker], [broker, client]] as const) {
      sockets.add(socket);
      socket.on('error', () => {}); // whoever hears of it is the other end
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(broker);
    broker.on('data', (answer) => {
      if (proxy.swallow) swallowed += answer.length;
      else client.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return proxy;
}
