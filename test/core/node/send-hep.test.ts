import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { parseHepTarget, sendHep } from '../../../core/node/send-hep.ts';

const PACKETS = Array.from({ length: 100 }, (_, at) => Buffer.from(`HEP3 packet ${at}.`));

describe('sending HEP', () => {
  test('by UDP: each packet a datagram, in order', async () => {
    const socket = createSocket('udp4');
    const received: string[] = [];
    socket.on('message', (message) => received.push(message.toString()));
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
    const target = { host: '127.0.0.1', port: socket.address().port, transport: 'udp' } as const;
    const outcome = await sendHep([...PACKETS, new Uint8Array(65_530)], target);
    expect(outcome).toEqual({ sent: 100, tooLarge: 1, problem: null });
    await expect.poll(() => received.length).toBe(100);
    expect(received).toEqual(PACKETS.map(String));
    socket.close();
  });

  test('by TCP: one after the other, all of them', async () => {
    let received = '';
    const server = createServer((connection) => {
      connection.on('data', (chunk) => (received += chunk.toString()));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const outcome = await sendHep(PACKETS, { host: '127.0.0.1', port, transport: 'tcp' });
    expect(outcome).toEqual({ sent: 100, tooLarge: 0, problem: null });
    await expect.poll(() => received).toBe(PACKETS.join(''));
    server.close();
  });

  test('says where nobody listens', async () => {
    const outcome = await sendHep(PACKETS, { host: '127.0.0.1', port: 9, transport: 'tcp' });
    expect(outcome.problem).toBe('127.0.0.1:9 cannot be sent to (TCP): nobody listens there.');
    expect((await sendHep(PACKETS, { host: '127.0.0.1', port: 9, transport: 'udp' })).problem).toContain(
      'nobody listens there',
    );
  });

  test.each([
    ['homer.example:9060', 'homer.example', 9060],
    ['[2001:db8::1]:9060', '2001:db8::1', 9060],
    ['127.0.0.1:1', '127.0.0.1', 1],
  ])('%s names a receiver', (text, host, port) => {
    expect(parseHepTarget(text, 'udp')).toEqual({ host, port, transport: 'udp' });
  });

  test.each(['homer', 'homer:', ':9060', 'homer:0', 'homer:65536', '2001:db8::1:9060', 'a b:1'])(
    '%s does not',
    (text) => {
      expect(parseHepTarget(text, 'udp')).toBeNull();
    },
  );
});
