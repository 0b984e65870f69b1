import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PageAnswers } from '../../../../core/analysis/page-answers.ts';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import { addLabKeys, labCase, labFile, type LabKey, openFiles } from '../../../support/open-lab.ts';
import { bytesOf } from '../../app/record-app-stream.ts';
import { type ScriptLine, textOf } from '../../app/calls/tracked.ts';
import { type FrameToWrite, writePcap } from '../../capture/build-captures.ts';
import { ethernet, ipv4, udp } from '../../net/build-packets.ts';

/** A capture of SIP over UDP, message by message, and what a page would be told of it. */
export async function openScript(
  lines: readonly ScriptLine[],
  others: readonly FrameToWrite[] = [],
): Promise<PageAnswers> {
  const frames = [...lines.map(frameOfLine), ...others].sort(
    (a, b) => a.seconds - b.seconds || a.fraction - b.fraction,
  );
  return openBytes(writePcap(frames), new KeyRing());
}

/** A frame of UDP between two endpoints, `at` seconds after the script's beginning. */
export function datagram(at: number, from: string, to: string, payload: Uint8Array): FrameToWrite {
  const [source, sourcePort] = split(from);
  const [destination, destinationPort] = split(to);
  const packet = udp(payload, 8 + payload.length, [sourcePort, destinationPort]);
  return {
    seconds: 1000 + Math.floor(at),
    fraction: Math.round((at % 1) * 1e6),
    bytes: ethernet(0x0800, ipv4({ from: source, to: destination }, packet)),
  };
}

/**
 * A lab capture whose one loopback address is taken apart: each port of `hosts` is moved to an address of its own. Bytes
 * inside TLS stay as they are.
 */
export async function openMoved(
  id: string,
  hosts: ReadonlyMap<number, string>,
  keys: readonly LabKey[],
): Promise<PageAnswers> {
  const bytes = new Uint8Array(readFileSync(labFile(labCase(id).capture)));
  const view = new DataView(bytes.buffer);
  for (let at = 24; at + 16 <= bytes.length;) {
    const length = view.getUint32(at + 8, true);
    const ip = at + 16 + 14;
    const ports = ip + 20;
    for (const [address, port] of [
      [ip + 12, ports],
      [ip + 16, ports + 2],
    ] as const) {
      const host = hosts.get(view.getUint16(port));
      if (host !== undefined) view.setUint32(address, split(`${host}:0`)[0]);
    }
    at += 16 + length;
  }
  const ring = new KeyRing();
  addLabKeys(ring, keys);
  return openBytes(bytes, ring);
}

async function openBytes(bytes: Uint8Array, ring: KeyRing): Promise<PageAnswers> {
  const folder = mkdtempSync(join(tmpdir(), 'sipher-calls-test-'));
  try {
    const file = join(folder, 'made.pcap');
    writeFileSync(file, bytes);
    // The file stays open: what is read again later is still there.
    const { analysis } = await openFiles([file], ring);
    return new PageAnswers(analysis, ['made.pcap']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function frameOfLine(line: ScriptLine): FrameToWrite {
  return datagram(line.at, line.from, line.to, bytesOf(textOf(line)));
}

function split(endpoint: string): [address: number, port: number] {
  const [address = '', port = '0'] = endpoint.split(':');
  return [address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0), Number(port)];
}
