import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffSipMessages } from '../../../../core/app/sip/diff-messages.ts';
import { bodyText, parseSipMessage } from '../../../../core/app/sip/parse-message.ts';
import { bytesOf } from '../record-app-stream.ts';
import { anySipMessage } from '../sip-messages.ts';

const LEFT =
  'INVITE sip:b SIP/2.0\r\nVia: one\r\nVia: two\r\nCall-ID: x\r\nOnly: left\r\n\r\nv=0\r\na=1\r\na=2\r\n';
const RIGHT = 'INVITE sip:b SIP/2.0\r\ni: x\r\nv: one\r\nNew: right\r\n\r\nv=0\r\na=2\r\na=3\r\n';

describe('diffSipMessages', () => {
  it('compares headers by name and bodies by line', () => {
    const diff = diffSipMessages(parseSipMessage(bytesOf(LEFT)), parseSipMessage(bytesOf(RIGHT)));
    expect(
      diff.map(
        (line) => `${line.kind} ${line.kind === 'changed' ? `${line.left} | ${line.right}` : line.text}`,
      ),
    ).toEqual([
      'same INVITE sip:b SIP/2.0',
      'changed Via: one | v: one',
      'left-only Via: two',
      'changed Call-ID: x | i: x',
      'left-only Only: left',
      'right-only New: right',
      'same v=0',
      'left-only a=1',
      'same a=2',
      'right-only a=3',
    ]);
  });

  it('a message against itself is the same, and each side of any comparison is whole', () => {
    fc.assert(
      fc.property(anySipMessage, anySipMessage, (one, other) => {
        const left = parseSipMessage(bytesOf(one));
        const right = parseSipMessage(bytesOf(other));
        expect(diffSipMessages(left, left).every((line) => line.kind === 'same')).toBe(true);
        const body = diffSipMessages(left, right).filter((line) => line.part === 'body');
        const texts = body.map((line) =>
          line.kind === 'changed' ? line.left : line.kind === 'right-only' ? null : line.text,
        );
        const seen = texts.filter((text) => text !== null).join('\n');
        const bare = (text: string): string => text.replaceAll('\r', '').replace(/\n+$/, '');
        expect(bare(seen)).toBe(bare(bodyText(left)));
      }),
    );
  });
});
