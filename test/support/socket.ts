// A connection by hand, for what no client would send. Enters: bytes. Leaves: everything that came back until the end.

import { connect } from 'node:net';

export interface Socket {
  write(text: string | Uint8Array): void;
  /** What has come so far. */
  heard(): string;
  /** All that came, once the other side has ended it. */
  ended: Promise<string>;
  /** Cuts it off in the midst of whatever it is. */
  destroy(): void;
}

export function openSocket(url: string): Socket {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (part: string) => (text += part));
  const ended = new Promise<string>((resolve, reject) => {
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
  ended.catch(() => {});
  return {
    write: (bytes) => void socket.write(bytes),
    heard: () => text,
    ended,
    destroy: () => void socket.destroy(),
  };
}
