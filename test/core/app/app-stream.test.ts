import { describe, expect, it } from 'vitest';
import { feed, recordAppStream } from './record-app-stream.ts';

const REGISTER = [
  'REGISTER sip:lab.example SIP/2.0',
  'Via: SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK1',
  'Call-ID: one@192.0.2.1',
  'CSeq: 1 REGISTER',
  'Content-Length: 0',
  '',
  '',
].join('\r\n');

const BODY = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n';
const INVITE = [
  'INVITE sip:bob@lab.example SIP/2.0',
  'i: two@192.0.2.1',
  'CSeq: 2 INVITE',
  'c: application/sdp',
  `l: ${BODY.length}`,
  '',
  BODY,
].join('\r\n');

const OK = 'SIP/2.0 200 OK\r\nCall-ID: one@192.0.2.1\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n';

describe('SIP on a stream', () => {
  it('announces each whole message of a chunk with its place', () => {
    const recording = recordAppStream();
    feed(recording, 0, REGISTER + INVITE);
    feed(recording, 1, OK);
    expect(recording.announced.map((m) => [m.what, m.text, m.callId, m.cseq, m.truncated])).toEqual([
      ['sip', REGISTER, 'one@192.0.2.1', '1 REGISTER', false],
      ['sip', INVITE, 'two@192.0.2.1', '2 INVITE', false],
      ['sip', OK, 'one@192.0.2.1', '1 REGISTER', false],
    ]);
    expect(recording.announced[1]?.place).toEqual([0, REGISTER.length, 0, REGISTER.length + INVITE.length]);
    expect(recording.announced[2]?.status).toBe(200);
    expect(recording.protocols).toEqual(['SIP']);
  });

  it('puts a message over many chunks together', () => {
    const text = REGISTER + INVITE + REGISTER;
    for (let cut = 1; cut < text.length; cut++) {
      const recording = recordAppStream();
      feed(recording, 0, text, [cut]);
      expect(recording.announced.map((m) => m.text)).toEqual([REGISTER, INVITE, REGISTER]);
    }
    const recording = recordAppStream();
    feed(
      recording,
      0,
      text,
      [...text].map((_, i) => i),
    );
    expect(recording.announced.map((m) => m.text)).toEqual([REGISTER, INVITE, REGISTER]);
    expect(recording.announced[1]?.place).toEqual([
      REGISTER.length,
      0,
      REGISTER.length + INVITE.length - 1,
      1,
    ]);
  });
});
