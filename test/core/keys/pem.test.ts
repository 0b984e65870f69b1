import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePem } from '../../../core/keys/pem.ts';
import { encodePem } from '../../../core/x509/pem-encode.ts';

const DER = Uint8Array.from({ length: 130 }, (_, i) => i);
const PEM = encodePem('PRIVATE KEY', DER);
const lines = PEM.trim().split('\n');

describe('dress', () => {
  it.each([
    ['as written', PEM],
    ['in one line', lines.join('\n').replaceAll(/(?<!-)\n(?!-)/g, '')],
    ['with spaces for line ends', lines.join(' ')],
    ['with CR only', lines.join('\r')],
    ['with blank lines between', lines.join('\r\n\r\n')],
    ['indented', lines.map((line) => `\t  ${line}  `).join('\n')],
    ['quoted in a mail', lines.map((line) => `> ${line}`).join('\n')],
    ['in code', lines.map((line) => `"${line}",`).join('\n')],
    ['inside JSON', JSON.stringify({ key: PEM })],
    ['inside JSON, with CR', JSON.stringify({ key: lines.join('\r\n') })],
    ['without a final line end', PEM.trim()],
    [
      'in odd spacing of its marks',
      PEM.replace('-----BEGIN PRIVATE KEY-----', '----- BEGIN PRIVATE KEY -----'),
    ],
    [
      'after other text',
      `Bag Attributes\n    localKeyID: 01\nKey Attributes: <No Attributes>\n${PEM}trailer`,
    ],
  ])('%s', (_, text) => {
    const blocks = parsePem(text);
    expect(blocks).toHaveLength(1);
    expect(blocks[0]).toMatchObject({ label: 'PRIVATE KEY', fault: null });
    expect(blocks[0]?.der).toEqual(DER);
  });

  it('reads what stands in any mixture of these', () => {
    const end = fc.constantFrom('\n', '\r\n', '\r', '\n\n', ' \n');
    fc.assert(
      fc.property(
        end,
        fc.integer({ min: 1, max: 200 }),
        fc.nat(8),
        fc.nat(3),
        (lineEnd, width, indent, count) => {
          const digits = lines.slice(1, -1).join('');
          const wrapped = digits.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
          const block = [lines[0] ?? '', ...wrapped, lines.at(-1) ?? ''].map(
            (line) => ' '.repeat(indent) + line,
          );
          const text = Array.from({ length: count + 1 }, () => block.join(lineEnd)).join(
            `${lineEnd}text${lineEnd}`,
          );
          const blocks = parsePem(text);
          expect(blocks).toHaveLength(count + 1);
          for (const { der } of blocks) expect(der).toEqual(DER);
        },
      ),
    );
  });
});

it('says in which line each block begins', () => {
  expect(parsePem(`a\r\nb\r\n${PEM}\r\n\r\n${PEM}`).map(({ line }) => line)).toEqual([
    3,
    3 + lines.length + 2,
  ]);
  expect(parsePem(`a\rb\r${lines.join('\r')}`)[0]?.line).toBe(3);
});

it('reads the headers of RFC 1421 and leaves them out of the content', () => {
  const text = PEM.replace('KEY-----\n', 'KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00ff\n\n');
  const block = parsePem(text)[0];
  expect(block?.headers.get('proc-type')).toBe('4,ENCRYPTED');
  expect(block?.headers.get('dek-info')).toBe('AES-128-CBC,00ff');
  expect(block?.der).toEqual(DER);
});

describe('faults', () => {
  it.each([
    ['its END line is missing: the file is cut short', PEM.slice(0, 120)],
    ['it ends as "CERTIFICATE"', PEM.replace('END PRIVATE KEY', 'END CERTIFICATE')],
    ['its END line is missing or damaged', `${PEM.slice(0, 100)}\n${PEM}`],
    ['its content is not base64', PEM.replace('AAEC', 'A?EC')],
    ['there is nothing in it', '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----'],
  ])('%s', (fault, text) => {
    expect(parsePem(text)[0]).toMatchObject({ fault, der: new Uint8Array(0) });
  });

  it('takes a block that lacks its END line alone', () => {
    const whole = Uint8Array.of(0x30, 0x81, 0x80, ...new Uint8Array(0x80).fill(7));
    const text = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(whole).toString('base64')}\n`;
    expect(parsePem(text)[0]).toMatchObject({ fault: null, der: whole });
    expect(parsePem(`${text}-----`)[0]).toMatchObject({ fault: null, der: whole });
    expect(parsePem(text.slice(0, -9))[0]?.fault).toMatch(/END line is missing/);
  });

  it('goes on with the next block after a damaged one', () => {
    const blocks = parsePem(`${PEM.slice(0, 100)}\n${PEM}`);
    expect(blocks.map(({ fault }) => fault === null)).toEqual([false, true]);
  });
});

it('never throws and is not slow on hostile text', () => {
  expect(parsePem('-----BEGIN '.repeat(100_000))).toEqual([]);
  expect(parsePem('-----BEGIN A-----\n'.repeat(100_000)).length).toBeLessThanOrEqual(1000);
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom('-----', 'BEGIN ', 'END ', 'A KEY', '\n', ': '), fc.string())),
      (parts) => {
        parsePem(parts.join(''));
      },
    ),
  );
});
