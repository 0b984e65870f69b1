import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface HepTarget {
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
}

/** "homer.example:9060", "[2001:db8::1]:9060"; null where it names no host and port. */
export function parseHepTarget(text: string, transport: HepTarget['transport']): HepTarget | null {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535) return null;
  return { host: match[1] ?? match[2] ?? '', port, transport };
}

export interface HepOutcome {
  readonly sent: number;
  /** Packets that no datagram can hold. */
  readonly tooLarge: number;
  /** A sentence where it ended early; null where all was sent. */
  readonly problem: string | null;
}

/** Sends packets in order, no faster than a receiver on the same machine reads them. */
export function sendHep(packets: Iterable<Uint8Array>, target: HepTarget): Promise<HepOutcome> {
  return target.transport === 'udp' ? sendDatagrams(packets, target) : sendStream(packets, target);
}

async function sendDatagrams(packets: Iterable<Uint8Array>, target: HepTarget): Promise<HepOutcome> {
  let sent = 0;
  let tooLarge = 0;
  let address: string;
  try {
    address = (await lookup(target.host)).address;
  } catch (error) {
    return { sent, tooLarge, problem: problemOf(target, error) };
  }
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    // Connected, so that a port on which nobody listens is told.
    await new Promise<void>((done, failed) => {
      socket.once('error', failed);
      socket.connect(target.port, address, done);
    });
    let refused: Error | null = null;
    socket.removeAllListeners('error').on('error', (error) => {
      refused = error;
    });
    for (const packet of packets) {
      if (packet.length > MOST_IN_DATAGRAM) {
        tooLarge += 1;
        continue;
      }
      await new Promise<void>((done, failed) => {
        socket.send(packet, (error) => (error === null ? done() : failed(error)));
      });
      sent += 1;
      // A datagram that finds its receiver's buffer full is gone.
      if (sent % BURST === 0) await sleep(PAUSE);
      if (refused !== null) return { sent, tooLarge, problem: problemOf(target, refused) };
    }
    await sleep(PAUSE);
    return { sent, tooLarge, problem: refused === null ? null : problemOf(target, refused) };
  } catch (error) {
    return { sent, tooLarge, problem: problemOf(target, error) };
  } finally {
    socket.close();
  }
}

async function sendStream(packets: Iterable<Uint8Array>, target: HepTarget): Promise<HepOutcome> {
  let sent = 0;
  const socket = connect(target.port, target.host);
  try {
    await new Promise<void>((done, failed) => socket.once('connect', done).once('error', failed));
    let broken: Error | null = null;
    socket.on('error', (error) => {
      broken = error;
    });
    for (const packet of packets) {
      if (broken !== null) throw asError(broken);
      if (!socket.write(packet))
        await new Promise<void>((done) => socket.once('drain', done).once('close', () => done()));
      sent += 1;
    }
    await new Promise<void>((done) => socket.end(() => done()).once('close', () => done()));
    return { sent, tooLarge: 0, problem: broken === null ? null : problemOf(target, broken) };
  } catch (error) {
    return { sent, tooLarge: 0, problem: problemOf(target, error) };
  } finally {
    socket.destroy();
  }
}

function asError(value: Error): Error {
  return value;
}

function problemOf(target: HepTarget, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code] ?? (code === '' ? 'the system refused' : `the system answered ${code}`);
  return `${target.host}:${target.port} cannot be sent to (${target.transport.toUpperCase()}): ${reason}.`;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name could not be looked up',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ECONNRESET: 'the other side ended the connection',
  EPIPE: 'the other side ended the connection',
};
/** What an IPv4 packet of 65,535 bytes leaves for UDP. */
const MOST_IN_DATAGRAM = 65_507;
const BURST = 32;
/** Milliseconds. */
const PAUSE = 2;
