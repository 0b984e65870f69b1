import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import { openFiles } from '../../../support/open-lab.ts';
import { writePcap } from '../../capture/build-captures.ts';
import { ethernet, ipv4, tcp } from '../../net/build-packets.ts';

const folder = mkdtempSync(join(tmpdir(), 'frame-info-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a segment is told with every flag that it has, as the tree of its layers tells it', async () => {
  const flags = [0x02, 0xc2, 0x52, 0x18, 0x29, 0];
  const frames = flags.map((value) => {
    const segment = tcp(new Uint8Array(0));
    segment[13] = value;
    return ethernet(0x0800, ipv4({ protocol: 6 }, segment));
  });
  const path = join(folder, 'flags.pcap');
  writeFileSync(path, writePcap(frames.map((bytes, at) => ({ seconds: at, fraction: 0, bytes }))));
  const { frames: told, set } = await openFiles([path], new KeyRing());
  expect(flags.map((_, at) => /\[.*\]/.exec(told.infoOf(at + 1))?.[0])).toEqual([
    '[SYN]',
    '[SYN, ECE, CWR]',
    '[SYN, ACK, ECE]',
    '[PSH, ACK]',
    '[FIN, PSH, URG]',
    '[none]',
  ]);
  set.close();
});
