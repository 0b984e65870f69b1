import fc from 'fast-check';
import { parse as parseIndependently } from 'sdp-transform';
import { describe, expect, it } from 'vitest';
import { compareOfferAnswer } from '../../../../core/app/sdp/compare-offer-answer.ts';
import { parseSdp, type SessionDescription } from '../../../../core/app/sdp/parse-sdp.ts';
import { bodyText, parseSipMessage } from '../../../../core/app/sip/parse-message.ts';
import { LAB_PLAINTEXTS, labPlaintext, labRecordsInOrder } from '../lab-plaintext.ts';
import { bytesOf, recordAppStream } from '../record-app-stream.ts';

const OFFER = [
  'v=0',
  'o=alice 2890844526 2890844527 IN IP4 host.example',
  's=-',
  'c=IN IP4 203.0.113.5/127',
  't=0 0',
  'a=fingerprint:sha-256 ab:cd',
  'a=sendonly',
  'm=audio 49170/2 RTP/SAVP 0 8 97 101',
  'a=rtpmap:97 opus/48000/2',
  'a=fmtp:97 useinbandfec=1',
  'a=rtpmap:101 telephone-event/8000',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:topsecretpassword',
  'a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host',
  'a=ptime:20',
  'a=sendrecv',
  'm=video 0 RTP/AVP 31',
  'c=IN IP6 2001:db8::1',
  'm=message 2855 TCP/TLS/MSRP *',
  'a=rtcp-mux',
  '',
].join('\r\n');

function sdp(text: string): SessionDescription {
  const description = parseSdp(text);
  if (description === null) throw new Error('no SDP');
  return description;
}

function audio(
  port: number,
  address: string,
  lines: readonly string[] = [],
  protocol = 'RTP/AVP',
  formats = '0 8',
): SessionDescription {
  const type = address.includes(':') ? 'IP6' : 'IP4';
  return sdp(
    ['v=0', `c=IN ${type} ${address}`, `m=audio ${port} ${protocol} ${formats}`, ...lines].join('\n'),
  );
}

describe('parseSdp', () => {
  it('reads media with what the session level says for them', () => {
    const { origin, media } = sdp(OFFER);
    expect(origin).toEqual({
      user: 'alice',
      id: '2890844526',
      version: '2890844527',
      address: 'host.example',
    });
    expect(media).toMatchObject([
      {
        type: 'audio',
        port: 49170,
        portCount: 2,
        protocol: 'RTP/SAVP',
        address: '203.0.113.5',
        direction: 'sendrecv',
        crypto: [{ tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80' }],
        fingerprints: [{ hash: 'sha-256', value: 'AB:CD' }],
        candidates: [{ component: 1, transport: 'udp', address: '10.0.1.1', port: 8998, type: 'host' }],
        packetTime: 20,
        rtcpPort: 49171,
      },
      { type: 'video', port: 0, address: '2001:db8::1', addressType: 'IP6', direction: 'sendonly' },
      { type: 'message', formats: ['*'], codecs: [], rtcpMux: true, rtcpPort: 2855 },
    ]);
    expect(media[0]?.codecs).toEqual([
      { payloadType: 0, name: 'PCMU', clockRate: 8000, channels: 1, parameters: '' },
      { payloadType: 8, name: 'PCMA', clockRate: 8000, channels: 1, parameters: '' },
      { payloadType: 97, name: 'opus', clockRate: 48000, channels: 2, parameters: 'useinbandfec=1' },
      { payloadType: 101, name: 'telephone-event', clockRate: 8000, channels: 1, parameters: '' },
    ]);
  });

  it('holds no key and no password', () => {
    const said = JSON.stringify(sdp(OFFER));
    expect(said).not.toContain('WVNf');
    expect(said).not.toContain('topsecret');
  });

  it('agrees with sdp-transform on what real phones sent', () => {
    let seen = 0;
    for (const name of LAB_PLAINTEXTS) {
      const lab = labPlaintext(name);
      const recordings = lab.conversations.map(() => recordAppStream());
      for (const record of labRecordsInOrder(lab))
        recordings[record.conversation]?.stream.chunk(
          record.from,
          record.bytes,
          0,
          record.bytes.length,
          1,
          1,
        );
      for (const { what, text } of recordings.flatMap((recording) => recording.announced)) {
        const body = bodyText(parseSipMessage(bytesOf(text)));
        if (what !== 'sip' || !body.startsWith('v=0')) continue;
        seen++;
        const other = parseIndependently(body);
        const own = sdp(body);
        expect(own.strayLines).toEqual([]);
        expect(own.media.length).toBe(other.media.length);
        for (const [i, media] of own.media.entries()) {
          const reference = other.media[i];
          expect(media.port).toBe(reference?.port);
          expect(media.protocol).toBe(reference?.protocol);
          expect(media.address).toBe((reference?.connection ?? other.connection)?.ip);
          for (const map of reference?.rtp ?? []) {
            const codec = media.codecs.find((one) => one.payloadType === map.payload);
            expect([codec?.name, codec?.clockRate]).toEqual([map.codec, map.rate]);
          }
          expect(media.crypto.map((line) => line.suite)).toEqual(
            (reference?.crypto ?? []).map((line) => line.suite),
          );
        }
      }
    }
    expect(seen).toBeGreaterThan(50);
  });

  it('never throws, and gives null for what is no SDP', () => {
    expect(parseSdp('hello\r\nworld')).toBeNull();
    fc.assert(
      fc.property(
        fc.nat(OFFER.length),
        fc.string({ unit: fc.constantFrom(...'acmov=: \r\n/0159RTP') }),
        (at, noise) => {
          const description = parseSdp(OFFER.slice(0, at) + noise + OFFER.slice(at + noise.length));
          if (description !== null) compareOfferAnswer(description, sdp(OFFER));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('compareOfferAnswer', () => {
  const kindsOf = (offer: SessionDescription, answer: SessionDescription): string[] =>
    compareOfferAnswer(offer, answer).findings.map((finding) => finding.kind);

  it('a sound pair has nothing to say', () => {
    expect(kindsOf(audio(4000, '203.0.113.5'), audio(5000, '203.0.113.9', [], 'RTP/AVP', '8'))).toEqual([]);
    const { media } = compareOfferAnswer(
      audio(4000, '203.0.113.5'),
      audio(5000, '203.0.113.9', [], 'RTP/AVP', '8'),
    );
    expect(media[0]?.codecs.map((codec) => codec.name)).toEqual(['PCMA']);
    expect(media[0]).toMatchObject({
      offererSends: true,
      answererSends: true,
      protection: 'none',
      active: true,
    });
  });

  it('names each mismatch', () => {
    const offer = audio(4000, '203.0.113.5');
    expect(kindsOf(offer, audio(0, '203.0.113.9'))).toEqual(['media-refused']);
    expect(kindsOf(offer, audio(5000, '203.0.113.9', [], 'RTP/AVP', '18'))).toEqual(['no-common-codec']);
    expect(kindsOf(offer, audio(5000, '192.168.1.2'))).toEqual(['address-private']);
    expect(kindsOf(offer, audio(5000, '2001:db8::1'))).toEqual(['address-family-differs']);
    expect(kindsOf(offer, audio(5000, '0.0.0.0'))).toEqual(['on-hold']);
    expect(kindsOf(offer, audio(5000, '203.0.113.9', ['a=recvonly']))).toEqual(['one-way']);
    expect(kindsOf(offer, audio(5000, '203.0.113.9', ['a=inactive']))).toEqual(['on-hold']);
    expect(kindsOf(offer, audio(5000, '203.0.113.9', ['a=crypto:1 X inline:k'], 'RTP/SAVP'))).toEqual([
      'protection-differs',
    ]);
    const dtmf = audio(4000, '203.0.113.5', ['a=rtpmap:101 telephone-event/8000'], 'RTP/AVP', '0 101');
    expect(kindsOf(dtmf, audio(5000, '203.0.113.9'))).toEqual(['no-dtmf-events']);
    expect(kindsOf(sdp(OFFER), offer)[0]).toBe('media-count-differs');
  });

  it('a dynamic type may change its number', () => {
    const offer = audio(4000, '203.0.113.5', ['a=rtpmap:96 opus/48000/2'], 'RTP/AVP', '96');
    const answer = audio(5000, '203.0.113.9', ['a=rtpmap:120 OPUS/48000/2'], 'RTP/AVP', '120');
    expect(kindsOf(offer, answer)).toEqual([]);
    expect(kindsOf(offer, audio(5000, '203.0.113.9', ['a=rtpmap:96 opus/16000/2'], 'RTP/AVP', '96'))).toEqual(
      ['no-common-codec'],
    );
  });
});
