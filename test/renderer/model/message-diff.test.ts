import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedParts, diffMessages } from '../../../renderer/model/message-diff.ts';

const INVITE = [
  'INVITE sip:1002@lab.example SIP/2.0',
  'Via: SIP/2.0/TLS 10.0.0.9:5061;branch=z9hG4bK1',
  'f: <sip:1001@lab.example>;tag=a',
  'To: <sip:1002@lab.example>',
  'Call-ID: 1@10.0.0.9',
  'CSeq: 1 INVITE',
  'Subject: one',
  ' and the rest of it',
  'Content-Length: 12',
  '',
  'v=0',
  'm=audio 4000',
  '',
].join('\r\n');

const kinds = (left: string, right: string, part: string) =>
  diffMessages(left, right)
    .sections.find((section) => section.part === part)
    ?.rows.map(({ kind, left: one, right: other }) => `${kind} ${one ?? '-'} | ${other ?? '-'}`);

describe('diffMessages', () => {
  it('finds a message equal to itself, part by part', () => {
    const diff = diffMessages(INVITE, INVITE);
    expect(diff.different).toBe(0);
    expect(diff.sections.map(({ part, rows }) => [part, rows.length])).toEqual([
      ['start-line', 1],
      ['headers', 7],
      ['body', 2],
    ]);
  });
  it('takes compact and long names, other order and folding for the same', () => {
    const other = INVITE.replace('f: <', 'From: <')
      .replace('Subject: one\r\n and the rest of it\r\n', '')
      .replace('To: <', 'Subject: one and the rest of it\r\nt:  <');
    expect(diffMessages(INVITE, other).different).toBe(0);
  });
  it('puts headers of one name beside each other, and says which side lacks one', () => {
    const other = INVITE.replace('Via: ', 'Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK2\r\nVia: ').replace(
      'CSeq: 1 INVITE',
      'CSeq: 2 INVITE\r\nMax-Forwards: 69',
    );
    const rows = kinds(INVITE, other, 'headers') ?? [];
    expect(rows).toContain('right-only - | Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK2');
    expect(rows.some((row) => row.startsWith('same Via: SIP/2.0/TLS'))).toBe(true);
    expect(rows).toContain('changed CSeq: 1 INVITE | CSeq: 2 INVITE');
    expect(rows.at(-1)).toBe('right-only - | Max-Forwards: 69');
  });
  it('keeps equal lines of the body together where one was put in between', () => {
    const other = INVITE.replace('v=0\r\n', 'v=0\r\ns=-\r\n');
    expect(kinds(INVITE, other, 'body')).toEqual([
      'same v=0 | v=0',
      'right-only - | s=-',
      'same m=audio 4000 | m=audio 4000',
    ]);
  });
  it('loses no line of either message, whatever they hold', () => {
    const message = fc
      .tuple(
        fc.string({ maxLength: 12 }),
        fc.array(fc.constantFrom('Via: a', 'Via: b', 'v: a', 'To: x', 'noise', ': y', 'X'), { maxLength: 8 }),
        fc.array(fc.constantFrom('a', 'b', '', 'c'), { maxLength: 8 }),
      )
      .map(([start, headers, body]) => [start.replace(/[\r\n]/g, ''), ...headers, '', ...body].join('\r\n'));
    fc.assert(
      fc.property(message, message, (left, right) => {
        const rows = diffMessages(left, right).sections.flatMap((section) => section.rows);
        const there = diffMessages(left, left).sections.flatMap((section) => section.rows).length;
        expect(rows.filter((row) => row.left !== null)).toHaveLength(there);
        expect(diffMessages(left, left).different).toBe(0);
        const back = diffMessages(right, left);
        expect(back.same).toBe(diffMessages(left, right).same);
      }),
    );
  });
  it('ends soon with a body of very many lines', () => {
    const body = Array.from({ length: 30_000 }, (_, line) => `a=x${line}`).join('\r\n');
    const began = Date.now();
    const diff = diffMessages(`${INVITE}\r\n${body}`, `${INVITE}\r\n${body}\r\nend`);
    expect(diff.same).toBeGreaterThan(30_000);
    expect(Date.now() - began).toBeLessThan(3000);
  });
});

describe('changedParts', () => {
  it('marks whole words only', () => {
    expect(changedParts('CSeq: 101 INVITE', 'CSeq: 102 INVITE')).toEqual({
      before: 'CSeq: ',
      left: '101',
      right: '102',
      after: ' INVITE',
    });
  });
  it('puts both lines together again', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        const parts = changedParts(left, right);
        expect(parts.before + parts.left + parts.after).toBe(left);
        expect(parts.before + parts.right + parts.after).toBe(right);
      }),
    );
  });
});
