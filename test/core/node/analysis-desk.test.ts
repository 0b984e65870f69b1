import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { decodePush } from '../../../core/api-decode.ts';
import type { FrameFilter } from '../../../core/api.ts';
import { encodeBase64 } from '../../../core/bytes/base64.ts';
import { AnalysisDesk } from '../../../core/node/analysis-desk.ts';
import { NO_KEYS } from '../../../core/node/host/analysis-host.ts';
import type { Push } from '../../../core/transport.ts';
import { askDesk, settled } from '../../support/open-desk.ts';
import { labFile } from '../../support/open-lab.ts';

const ALL: FrameFilter = { text: '', verdicts: [], conversation: null };
const SAMPLE = labFile('04-question-63f-beside-10.pcap');
const KEY = labFile('keys/server1.key.pem');

const desks: AnalysisDesk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close();
});

function openDesk(): { desk: AnalysisDesk; pushes: Push[] } {
  const pushes: Push[] = [];
  const desk = new AnalysisDesk((push) => pushes.push(push));
  desks.push(desk);
  return { desk, pushes };
}

describe('a capture on the desk', () => {
  test('is read, and its frames are told with the key that came with it', async () => {
    const { desk, pushes } = openDesk();
    await desk.openPaths([SAMPLE], { ...NO_KEYS, keyFiles: [KEY] });
    const status = await settled(desk);
    expect(status).toMatchObject({ phase: 'done', frames: 38, conversations: 2, sipMessages: 10 });
    expect(status.verdicts).toMatchObject({ decrypted: 13, opaque: 11 });
    expect(status.summary).toContain('1 was set up before the capture began');

    const window = await askDesk(desk, 'frames.window', { filter: ALL, from: 10, count: 5 });
    expect(window.rows.map((row) => row.frame)).toEqual([11, 12, 13, 14, 15]);
    expect(window.rows[2]).toMatchObject({
      protocol: 'SIP/TLS',
      state: 0x63f,
      verdict: 'decrypted',
      decoder: 'opened',
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    for (const push of pushes)
      expect(decodePush(push.name, JSON.parse(JSON.stringify(push.value))).ok).toBe(true);
    expect(pushes.some((push) => push.name === 'status' && push.value.phase === 'done')).toBe(true);
  });

  test('is summed up anew, however alike the capture before was', async () => {
    const { desk } = openDesk();
    const summaries: string[] = [];
    for (const name of ['05-tls13-rsakey-only', '01-tls12-rsa-aes256-sha', 'keys/server1.key.pem']) {
      await desk.openPaths([labFile(name.includes('/') ? name : `${name}.pcap`)], NO_KEYS);
      summaries.push((await settled(desk)).summary);
    }
    expect(summaries[0]).toMatch(/key log/);
    expect(summaries[1]).toMatch(/the key of CN=/);
    expect(summaries[2]).not.toMatch(/the key of CN=/);
  });

  test('decides again when a key is added and when it is removed', async () => {
    const { desk } = openDesk();
    await desk.openPaths([SAMPLE], NO_KEYS);
    expect((await settled(desk)).verdicts.decrypted).toBe(0);
    const added = await askDesk(desk, 'keys.addBytes', {
      name: 'pbx.pem',
      bytes: encodeBase64(readFileSync(KEY)),
    });
    expect(added).toMatchObject({ added: 1, problems: [] });
    expect((await settled(desk)).verdicts.decrypted).toBe(13);
    const [key] = await askDesk(desk, 'keys.list', null);
    expect(key).toMatchObject({
      name: 'pbx.pem',
      kind: 'rsa-private-key',
      opens: 1,
      matches: 1,
      usable: true,
    });
    await askDesk(desk, 'keys.remove', { key: key?.key ?? -1 });
    const status = await settled(desk);
    expect(status.verdicts.decrypted).toBe(0);
    expect(status.sipMessages).toBe(0);
  });

  test('asks for the password of a locked key, tells a wrong one, and opens with the right one', async () => {
    const { desk } = openDesk();
    await desk.openPaths([SAMPLE], NO_KEYS);
    const file = labFile('keys/formats/server1.openssl3-default.pfx');
    const locked = await askDesk(desk, 'keys.addPaths', { paths: [file] });
    expect(locked.added).toBe(0);
    expect(locked.keys[0]).toMatchObject({ kind: 'locked', usable: false });
    const id = locked.keys[0]?.key ?? -1;
    const wrong = await askDesk(desk, 'keys.unlock', { key: id, password: 'not this one' });
    expect(wrong.problems[0]).toMatch(/password/i);
    expect(JSON.stringify(wrong)).not.toContain('not this one');
    const right = await askDesk(desk, 'keys.unlock', { key: id, password: 'lab-secret' });
    expect(right).toMatchObject({ added: 1, problems: [] });
    expect((await settled(desk)).verdicts.decrypted).toBe(13);
  });

  test('filters by text, by verdict and by conversation, and finds a frame in the list', async () => {
    const { desk } = openDesk();
    await desk.openPaths([SAMPLE], { ...NO_KEYS, keyFiles: [KEY] });
    await settled(desk);
    const count = async (filter: Partial<FrameFilter>): Promise<number> =>
      (await askDesk(desk, 'frames.window', { filter: { ...ALL, ...filter }, from: 0, count: 100 })).total;
    expect(await count({ verdicts: ['opaque'] })).toBe(11);
    expect(await count({ conversation: '0' })).toBe(15);
    // In the body of decrypted SIP, not in any row.
    expect(await count({ text: 'user-agent: LAB-PHONE' })).toBeGreaterThan(0);
    expect(await count({ text: 'no such text anywhere' })).toBe(0);
    expect(await askDesk(desk, 'frames.rowOf', { filter: { ...ALL, verdicts: ['opaque'] }, frame: 17 })).toBe(
      2,
    );
    expect(
      await askDesk(desk, 'frames.rowOf', { filter: { ...ALL, verdicts: ['opaque'] }, frame: 13 }),
    ).toBeNull();
  });

  test('tells everything of a frame and of its conversation', async () => {
    const { desk } = openDesk();
    await desk.openPaths([SAMPLE], { ...NO_KEYS, keyFiles: [KEY] });
    await settled(desk);
    const opened = await askDesk(desk, 'frame.detail', { frame: 13 });
    expect(opened.sip[0]?.text).toMatch(/^REGISTER sip:lab\.example SIP\/2\.0\r\n/);
    expect(opened.tree.map((node) => node.label).join('\n')).toMatch(/Internet Protocol Version 4/);
    const record = opened.records.find((known) => known.hasPlaintext && known.length > 100);
    const plaintext = await askDesk(desk, 'record.plaintext', { record: record?.record ?? -1 });
    expect(Buffer.from(plaintext.bytes, 'base64').toString()).toContain('sip:lab.example');
    const locked = await askDesk(desk, 'frame.detail', { frame: 17 });
    expect(locked.why).toMatchObject({ cause: 'handshake-not-captured' });
    expect(locked.why.proof.flat()).toContainEqual({ kind: 'conversation', conversation: '1' });
    const conversation = await askDesk(desk, 'conversation.detail', { conversation: '1' });
    expect(conversation.ladder.map((step) => step.label)).toEqual(
      expect.arrayContaining(['SYN', 'Client Hello', 'REGISTER sip:lab.example SIP/2.0']),
    );
    const text = await askDesk(desk, 'conversation.text', { conversation: '1', limit: 100_000 });
    expect(text).toMatchObject({ complete: true });
    expect(text.text).toContain('SIP/2.0 401 Unauthorized');
  });

  test('says in one sentence what a file is that is no capture', async () => {
    const { desk } = openDesk();
    await desk.openPaths([KEY], NO_KEYS);
    const status = await settled(desk);
    expect(status.phase).toBe('failed');
    expect(status.error).toMatch(/^server1\.key\.pem: This is not a capture file/);
    await expect(desk.request('frame.detail', { frame: 1 })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('never gives out a byte of a key', async () => {
    const { desk, pushes } = openDesk();
    await desk.openPaths([SAMPLE], { ...NO_KEYS, keyFiles: [KEY] });
    await settled(desk);
    const answers = [
      await desk.request('keys.list', null),
      await desk.request('frame.detail', { frame: 13 }),
      await desk.request('conversation.detail', { conversation: '1' }),
      pushes,
    ];
    const said = JSON.stringify(answers);
    // The modulus is public and stands in the certificate; these numbers are the key.
    const { d, p, q, dp, dq, qi } = createPrivateKey(readFileSync(KEY)).export({ format: 'jwk' });
    for (const number of [d, p, q, dp, dq, qi]) {
      const bytes = Buffer.from(number ?? '', 'base64url');
      expect(bytes.length).toBeGreaterThan(64);
      for (const encoding of ['hex', 'base64', 'latin1'] as const)
        expect(said.includes(bytes.toString(encoding).slice(8, 48))).toBe(false);
    }
  });
});
