import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PageAnswers } from '../../../../core/analysis/page-answers.ts';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import { loadKeys } from '../../../../core/node/keys/load-keys.ts';
import { plainText } from '../../../../core/diagnosis/rich-text.ts';
import { labFile, openFiles, openLab } from '../../../support/open-lab.ts';
import { openMoved } from './call-captures.ts';

const ALL = { text: '', states: [] };
const KEY = [{ type: 'rsa-private-key-pem', file: 'keys/server1.key.pem' }];

/** 13-baresip-rtp-plain as three machines: the caller, the proxy, the called phone. */
const MACHINES = new Map([
  [40048, '192.0.2.10'],
  [30116, '192.0.2.10'],
  [30117, '192.0.2.10'],
  [40036, '192.0.2.20'],
  [30202, '192.0.2.20'],
  [30203, '192.0.2.20'],
  [5069, '192.0.2.1'],
]);

describe('a call without its key', () => {
  test('is the same call as locked stretches between the right hosts', async () => {
    const locked = await openMoved('13-baresip-rtp-plain', MACHINES, []);
    const opened = await openMoved('13-baresip-rtp-plain', MACHINES, KEY);
    const [row] = locked.calls.callWindow(ALL, 0, 10).rows;
    const read = opened.calls.callWindow(ALL, 0, 10);
    expect(read.total).toBe(1);
    expect(read.rows[0]).toMatchObject({ kind: 'read', locked: 0 });
    expect(locked.calls.callWindow(ALL, 0, 10).total).toBe(1);
    expect(row).toMatchObject({ kind: 'locked', state: 'locked', locked: 2, messages: 0, legs: 0 });
    // The media begin with the ringing and end with the BYE: the inferred times are those of the call.
    expect(Math.abs((row?.relative ?? 0) - (read.rows[0]?.relative ?? 0))).toBeLessThan(0.1);
    expect(Math.abs((row?.duration ?? 0) - (read.rows[0]?.duration ?? 0))).toBeLessThan(0.1);

    const detail = locked.calls.detail(row?.call ?? '');
    const hosts = detail?.columns.map(({ host }) => host) ?? [];
    expect(hosts.toSorted()).toEqual(['192.0.2.1', '192.0.2.10', '192.0.2.20']);
    expect(detail?.locks.map(({ from, to, cause }) => [hosts[from], hosts[to], cause]).toSorted()).toEqual([
      ['192.0.2.10', '192.0.2.1', 'no-key'],
      ['192.0.2.20', '192.0.2.1', 'no-key'],
    ]);
    expect(detail?.media.map(({ from, to }) => [hosts[from], hosts[to]])).toEqual([
      ['192.0.2.20', '192.0.2.10'],
      ['192.0.2.10', '192.0.2.20'],
    ]);
    // It is said that this is an inference, and with links.
    expect(plainText(detail?.headline ?? [])).toContain('inference');
    for (const lock of detail?.locks ?? []) {
      expect(plainText(lock.sentence)).toContain('an inference from place and time');
      expect(plainText(lock.sentence)).toContain('5069 is a port of SIP');
      expect(lock.sentence.some(({ kind }) => kind === 'conversation')).toBe(true);
      expect(lock.start).toBeGreaterThanOrEqual(0);
      expect(lock.end).toBeGreaterThan(7);
    }
  });

  test('SRTP too, and all on one machine', async () => {
    const { analysis } = await openLab('13-baresip-srtp-sdes', []);
    const { calls } = new PageAnswers(analysis, ['x']);
    const { rows } = calls.callWindow(ALL, 0, 10);
    expect(rows.map(({ call, kind, locked, streams }) => [call, kind, locked, streams])).toEqual([
      ['locked 3', 'locked', 2, expect.any(Number)],
    ]);
    expect(calls.detail('locked 3')?.locks.map(({ conversation }) => conversation)).toEqual(['0', '1']);
    expect(calls.mediaWindow('locked 3', 0, 10).total).toBe(2);
    expect(calls.detail('locked 3')?.findings.map(({ id, frames }) => [id, frames])).toEqual([
      ['media-locked', [37]],
      ['media-locked', [50]],
    ]);
  });

  test('without media: one row for each connection that seems to carry SIP', async () => {
    for (const [id, count] of [
      ['01-calls-tls10-aes256-sha', 2],
      ['01-sipp-stunnel-aes128-gcm', 1],
    ] as const) {
      const { analysis } = await openLab(id, []);
      const { calls } = new PageAnswers(analysis, [id]);
      const { rows, total } = calls.callWindow(ALL, 0, 10);
      expect(total).toBe(count);
      expect(rows.map(({ call, duration }) => [call, duration])).toEqual(
        Array.from({ length: count }, (_, at) => [`locked ${at}`, null]),
      );
      expect(calls.statistics().calls).toEqual([{ state: 'locked', count }]);
    }
  });

  test('is listed among the states, and found by its host', async () => {
    const { calls } = await openMoved('13-baresip-rtp-plain', MACHINES, []);
    expect(calls.callWindow({ text: '192.0.2.20', states: ['locked'] }, 0, 10).total).toBe(1);
    expect(calls.callWindow({ text: '192.0.2.99', states: [] }, 0, 10).total).toBe(0);
    expect(calls.callWindow({ text: '', states: ['completed'] }, 0, 10).total).toBe(0);
  });
});

describe('a call of which one leg can be read', () => {
  test('shows the other as a locked stretch, and no call of its own', async () => {
    // The key log of the caller's connection only.
    const lines = readFileSync(labFile('keylogs/01-calls-tls10-aes256-sha.keys'), 'utf8').split('\n');
    const folder = mkdtempSync(join(tmpdir(), 'sipher-calls-test-'));
    const file = join(folder, 'half.keys');
    const results = [];
    for (const line of lines.filter((one) => one.startsWith('CLIENT_RANDOM'))) {
      writeFileSync(file, `${line}\n`);
      const keys = new KeyRing();
      loadKeys(keys, { keyFiles: [], keylogs: [file], passwords: [], psks: [] });
      const { analysis } = await openFiles([labFile('01-calls-tls10-aes256-sha.pcap')], keys);
      const answers = new PageAnswers(analysis, ['x']);
      results.push(answers.calls.callWindow(ALL, 0, 10).rows);
      const [first] = answers.calls.callWindow(ALL, 0, 1).rows;
      const detail = answers.calls.detail(first?.call ?? '');
      expect(detail?.locks).toHaveLength(1);
      const [lock] = detail?.locks ?? [];
      expect(plainText(lock?.sentence ?? [])).toContain(
        'SIP was read on other connections to 127.0.0.1:5061',
      );
      expect(lock?.records).toBeGreaterThan(5);
    }
    rmSync(folder, { recursive: true });
    expect(results).toHaveLength(2);
    for (const rows of results)
      expect(rows.map(({ kind, state, locked }) => [kind, state, locked])).toEqual([
        ['read', 'completed', 1],
        ['read', 'completed', 1],
      ]);
  });
});

describe('what is no locked call', () => {
  test.each([
    ['most of it was read, a record was lost', '09-lost-half-record-cbc'],
    ['the handshake failed, and its end is encrypted', '07-mtls-no-client-cert-tls13'],
  ])('%s', async (_why, id) => {
    const { analysis } = await openLab(id);
    const { calls } = new PageAnswers(analysis, [id]);
    expect(calls.callWindow(ALL, 0, 10).rows).toEqual([]);
  });
});
