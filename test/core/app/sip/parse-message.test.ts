import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyParts } from '../../../../core/app/sip/body-parts.ts';
import { findSipFaults } from '../../../../core/app/sip/find-faults.ts';
import { highlightSip } from '../../../../core/app/sip/highlight-sip.ts';
import { parseCSeq, parseNameAddress, parseVia } from '../../../../core/app/sip/parse-header.ts';
import {
  bodyText,
  headerValue,
  headerValues,
  parseSipMessage,
} from '../../../../core/app/sip/parse-message.ts';
import { LAB_PLAINTEXTS, labPlaintext, labRecordsInOrder } from '../lab-plaintext.ts';
import { bytesOf, recordAppStream, textOf } from '../record-app-stream.ts';
import { anySipMessage } from '../sip-messages.ts';
import { TORTURE_MESSAGES } from './torture-messages.ts';

function torture(name: string) {
  const found = TORTURE_MESSAGES.find((message) => message.name === name);
  if (found === undefined) throw new Error(name);
  return parseSipMessage(bytesOf(found.text));
}

describe("RFC 4475's messages", () => {
  for (const { name, text, faults } of TORTURE_MESSAGES) {
    it(`${name}: ${faults.length === 0 ? 'is sound' : faults.join(', ')}`, () => {
      const message = parseSipMessage(bytesOf(text));
      expect(findSipFaults(message).map((fault) => fault.kind)).toEqual(faults);
      expect(message.start.kind).not.toBe('unknown');
    });

    it(`${name}: cut at every byte, and with every byte changed, nothing throws`, () => {
      const bytes = bytesOf(text);
      for (let to = 0; to <= bytes.length; to++) useAll(bytes.subarray(0, to));
      for (let at = 0; at < bytes.length; at += 3) {
        const changed = bytes.slice();
        changed[at] = (at * 37 + 11) & 0xff;
        useAll(changed);
      }
    });
  }

  it('wsinv: folded, compact and oddly spaced headers are read', () => {
    const message = torture('wsinv');
    expect(headerValue(message, 'to')).toBe('sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n');
    expect(parseNameAddress(headerValue(message, 'to') ?? '')?.parameters.get('tag')).toBe('1918181833n');
    expect(parseNameAddress(headerValue(message, 'from') ?? '')).toMatchObject({
      displayName: 'J Rosenberg \\"',
      uri: 'sip:jdrosen@example.com',
    });
    expect(parseCSeq(headerValue(message, 'cseq') ?? '')).toEqual({ number: 9, method: 'INVITE' });
    expect(headerValues(message, 'via').map((via) => parseVia(via))).toMatchObject([
      { transport: 'UDP', host: '192.0.2.2', branch: '390skdjuw' },
      { transport: 'TCP', host: 'spindle.example.com', branch: 'z9hG4bK9ikj8' },
      { transport: 'UDP', host: '192.168.255.111', branch: 'z9hG4bK30239' },
    ]);
    expect(headerValue(message, 'subject')).toBe('');
    expect(headerValue(message, 'newfangledheader')).toBe('newfangled value continued newfangled value');
    expect(parseNameAddress(headerValue(message, 'contact') ?? '')?.parameters.get('q')).toBe('0.33');
    expect(bodyText(message)).toContain('m=video 3227');
  });

  it('esc02: a name with % is not the name that it would escape to', () => {
    expect(headerValues(torture('esc02'), 'contact').length).toBe(2);
  });

  it('dblreq: the body ends where Content-Length says', () => {
    const message = torture('dblreq');
    expect(message.bodyFrom).toBe(message.bodyTo);
  });

  it('mpart01: both parts, with their own bytes', () => {
    const message = torture('mpart01');
    const parts = bodyParts(message);
    expect(parts.map((part) => part.contentType)).toEqual(['text/plain', 'application/octet-stream']);
    expect(parts.map((part) => textOf(message.bytes, part.from, part.to))).toEqual([
      'Hello',
      '\x30\x82\x01\x52\x06\x09\x2a\r\n\x00',
    ]);
  });

  it('unreason: UTF-8 in the reason', () => {
    expect(torture('unreason').start).toMatchObject({
      status: 200,
      reason: '= 2**3 * 5**2 но сто девяносто',
    });
  });
});

describe('parseSipMessage', () => {
  it('gives each header its own bytes', () => {
    fc.assert(
      fc.property(anySipMessage, (text) => {
        const bytes = bytesOf(`##${text}`);
        const message = parseSipMessage(bytes, 2);
        for (const header of message.headers) {
          const raw = textOf(bytes, header.from, header.to);
          expect(raw.startsWith(header.name)).toBe(true);
          expect(
            textOf(bytes, header.valueFrom, header.to)
              .replace(/\s*\r?\n\s+/g, ' ')
              .trim(),
          ).toBe(header.value);
        }
        expect(headerValue(message, 'call-id')).toMatch(/^a@b/);
        expect(message.bodyTo).toBe(bytes.length);
      }),
    );
  });

  it('finds nothing wrong with what real endpoints sent', () => {
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
      for (const announced of recordings.flatMap((recording) => recording.announced)) {
        if (announced.what !== 'sip') continue;
        const message = parseSipMessage(bytesOf(announced.text));
        expect(findSipFaults(message), announced.text).toEqual([]);
        expect(headerValue(message, 'call-id')).toBe(announced.callId);
        expect(headerValue(message, 'cseq')).toBe(announced.cseq);
      }
    }
  });

  it('long runs of blanks, quotes and brackets cost little', () => {
    for (const filler of [' ', '"', '<', '\\', ';', ',', '\r\n ', '\t\r\n ', '=', ':']) {
      const bytes = bytesOf(
        `INVITE sip:a SIP/2.0\r\nVia: ${filler.repeat(60_000)}\r\nContact: ${filler.repeat(60_000)}\r\n\r\n`,
      );
      const started = performance.now();
      useAll(bytes);
      expect(performance.now() - started, JSON.stringify(filler)).toBeLessThan(3000);
    }
  });
});

describe('highlightSip', () => {
  it('gives runs in order, inside of the text, none overlapping', () => {
    const texts = fc.oneof(
      anySipMessage,
      fc.constantFrom(...TORTURE_MESSAGES.map(({ text }) => text)),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, fc.nat(3000), (text, cut) => {
        let end = 0;
        const part = text.slice(0, cut);
        for (const run of highlightSip(part)) {
          expect(run.from).toBeGreaterThanOrEqual(end);
          expect(run.to).toBeGreaterThan(run.from);
          end = run.to;
        }
        expect(end).toBeLessThanOrEqual(part.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('tells the parts of a request', () => {
    const text =
      'INVITE sip:bob@b.example;transport=tls SIP/2.0\r\nFrom: "Alice A" <sip:alice@a.example>;tag=x1\r\nCSeq: 10 INVITE\r\n' +
      'Authorization: Digest username="alice", nc=00000001\r\nContent-Type: application/sdp\r\nContent-Length: 13\r\n\r\nv=0\r\na=x:y z\r\n';
    expect(highlightSip(text).map((run) => `${run.kind} ${text.slice(run.from, run.to)}`)).toEqual([
      'method INVITE',
      'uri sip:bob@b.example;transport=tls',
      'version SIP/2.0',
      'header-name From',
      'display-name "Alice A"',
      'uri sip:alice@a.example',
      'parameter tag',
      'parameter-value x1',
      'header-name CSeq',
      'number 10',
      'method INVITE',
      'header-name Authorization',
      'parameter username',
      'parameter-value "alice"',
      'parameter nc',
      'parameter-value 00000001',
      'header-name Content-Type',
      'header-name Content-Length',
      'number 13',
      'body-field v',
      'body 0',
      'body-field a',
      'parameter x',
      'body y z',
    ]);
  });
});

function useAll(bytes: Uint8Array): void {
  const message = parseSipMessage(bytes);
  findSipFaults(message);
  bodyParts(message);
  highlightSip(textOf(bytes, 0, bytes.length));
}
