import { describe, expect, test } from 'vitest';
import { summariseCapture } from '../../../core/analysis/capture/capture-summary.ts';
import { ConversationReporter } from '../../../core/analysis/conversations/conversation-report.ts';
import { judgeKeyRole } from '../../../core/analysis/conversations/role-findings.ts';
import { FrameReporter } from '../../../core/analysis/frames/frame-report.ts';
import { everyConversation } from '../../../core/analysis/every-conversation.ts';
import { MessageIndex } from '../../../core/analysis/messages/message-index.ts';
import { PageAnswers } from '../../../core/analysis/page-answers.ts';
import { decodeResult } from '../../../core/api-decode.ts';
import { plainText } from '../../../core/diagnosis/rich-text.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { addLabKeys, labFile, openFiles, type OpenedLab, startLinesOf } from '../../support/open-lab.ts';

const KEYLOG = { type: 'nss-keylog', file: 'made/keys/tls-in-tls.keys' };
const PRIVATE_KEY = { type: 'rsa-private-key-pem', file: 'made/keys/server.key.pem' };

async function openTunnel(keys: readonly { type: string; file: string }[]): Promise<OpenedLab> {
  const ring = new KeyRing();
  addLabKeys(ring, keys);
  return openFiles([labFile('made/tls-in-tls.pcap')], ring);
}

/** Id, protocol, verdict and cause of each conversation. */
function rowsOf({ analysis }: OpenedLab): string[] {
  const reporterOf = (of: typeof analysis): ConversationReporter =>
    new ConversationReporter(of, new FrameReporter(of, new MessageIndex(of)));
  return [...everyConversation(analysis, reporterOf)].map(({ id, of, conversation }) => {
    const { protocol, verdict, cause, version, firstFrame, lastFrame, records } = of.report(conversation);
    const counts = `${records.decrypted} ${records.opaque} ${records.clear}`;
    return [id, protocol, version, verdict, cause ?? '', counts, `${firstFrame}-${lastFrame}`].join(' | ');
  });
}

const START_LINES = Array.from({ length: 3 }, () => ['OPTIONS sip:pbx.example SIP/2.0', 'SIP/2.0 200 OK']);

describe('TLS inside TLS', () => {
  test('is a child of the conversation that carries it, and its SIP is among the others', async () => {
    const opened = await openTunnel([KEYLOG, PRIVATE_KEY]);
    expect(rowsOf(opened)).toEqual([
      '0 | SIP/TLS/TLS | TLS 1.3 | decrypted |  | 20 0 4 | 1-29',
      '0.1 | SIP/TLS | TLS 1.2 | decrypted |  | 9 0 8 | 15-25',
    ]);
    expect(startLinesOf(opened, true)).toEqual(START_LINES.flat());
    const { records, sip, info } = opened.frames.report(19, { plaintext: true, files: null });
    expect(records[0]?.inner).toHaveLength(1);
    expect(records[0]?.inner?.[0]).toMatchObject({
      verdict: 'decrypted',
      version: 'TLS 1.2',
      cipherSuite: 'TLS_RSA_WITH_AES_128_GCM_SHA256',
      sequence: 1,
      frames: [19],
      key: 'server.key.pem',
    });
    expect(Buffer.from(records[0]?.inner?.[0]?.plaintext ?? '', 'base64').toString()).toBe(sip[0]);
    expect(info).toBe('OPTIONS sip:pbx.example SIP/2.0');
    expect(opened.frames.infoOf(16)).toBe('Inside: Server Hello, Certificate, Server Hello Done');
  });

  test('says why it stays encrypted where only the outer key is there', async () => {
    const opened = await openTunnel([KEYLOG]);
    expect(rowsOf(opened)[1]).toBe('0.1 | TLS | TLS 1.2 | opaque | keylog-no-match | 0 9 8 | 15-25');
    expect(startLinesOf(opened, true)).toEqual([]);
    const { records } = opened.frames.report(19, { plaintext: false, files: null });
    expect(records[0]?.inner?.[0]).toMatchObject({ verdict: 'opaque', cause: 'keylog-no-match' });
  });

  test('is not seen without the outer key, and renumbers nothing when that comes', async () => {
    const opened = await openTunnel([PRIVATE_KEY]);
    expect(rowsOf(opened)).toHaveLength(1);
    addLabKeys(opened.keys, [KEYLOG]);
    await opened.analysis.reopen(() => Promise.resolve(false));
    expect(rowsOf(opened)).toEqual(rowsOf(await openTunnel([KEYLOG, PRIVATE_KEY])));
    expect(startLinesOf(opened, true)).toEqual(START_LINES.flat());
    for (const id of opened.keys.ids()) opened.keys.remove(id);
    await opened.analysis.reopen(() => Promise.resolve(false));
    expect(rowsOf(opened)).toHaveLength(1);
    expect(startLinesOf(opened, true)).toEqual([]);
  });
});

describe('what is told of it', () => {
  test('counts among the connections, needs and remarks of the capture', async () => {
    const { analysis } = await openTunnel([KEYLOG]);
    const page = new PageAnswers(analysis, ['tls-in-tls.pcap']);
    expect(summariseCapture(analysis, page.conversations)).toMatch(/^2 TLS connections: 1 is decrypted/);
    expect(page.needs()).toEqual([
      { need: 'a key log', conversations: ['0'] },
      { need: 'the private key of CN=pbx.example', conversations: ['0.1'] },
    ]);
    const child = page.find('0.1');
    expect(child?.answers.findings.findingsOf(0).map(({ conversation }) => conversation)).toEqual(['0.1']);
    // The outer record is open; that something is left inside is said with its name.
    expect(plainText(page.why.tellFrame(22).what)).toMatch(
      /TLS again, conversation 0\.1, and that stays encrypted/,
    );
  });

  test('a key that opens it says so, under its id', async () => {
    const { analysis, keys } = await openTunnel([KEYLOG, PRIVATE_KEY]);
    const { findings, why } = new PageAnswers(analysis, ['tls-in-tls.pcap']);
    const [key] = keys.privateKeys();
    const role = judgeKeyRole(findings, key?.handle.sha256OfPublicKey ?? '');
    expect(plainText(role.sentence)).toBe('It opens conversation 0.1.');
    expect(plainText(why.tellFrame(22).what)).not.toMatch(/TLS again/);
  });
});

describe('the page', () => {
  test('lists children behind the others, and shows each by its id', async () => {
    const { analysis } = await openTunnel([KEYLOG, PRIVATE_KEY]);
    const page = new PageAnswers(analysis, ['tls-in-tls.pcap']);
    const { total, rows } = page.conversationWindow('', [], 0, 10);
    expect(total).toBe(2);
    expect(
      rows.map(({ conversation, protocol, sipMessages }) => [conversation, protocol, sipMessages]),
    ).toEqual([
      ['0', 'SIP/TLS/TLS', 6],
      ['0.1', 'SIP/TLS', 6],
    ]);
    expect(page.conversationWindow('', ['decrypted'], 1, 10).rows.map((row) => row.conversation)).toEqual([
      '0.1',
    ]);
    const child = page.find('0.1');
    const detail = child?.answers.conversationDetail(child.conversation);
    expect(decodeResult('conversation.detail', detail)).toMatchObject({ ok: true });
    expect(detail?.row).toMatchObject({
      conversation: '0.1',
      serverName: 'pbx.example',
      key: 'server.key.pem',
    });
    expect(child?.answers.conversationText(child.conversation, 1 << 20)?.text).toContain(
      'Call-ID: made-2@127.0.0.1',
    );
    for (const id of ['0.2', '1', '0.1.1', '0.15', '-1', '']) expect(page.find(id)).toBeNull();
    expect(page.compareByIds('0', '0.1')).not.toBeNull();
  });
});
