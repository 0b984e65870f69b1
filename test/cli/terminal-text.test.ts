import { expect, test } from 'vitest';
import { TerminalText } from '../../cli/terminal-text.ts';

const cleaned = (pieces: readonly Uint8Array[]): string => {
  const terminal = new TerminalText();
  return pieces.map((piece) => Buffer.from(terminal.clean(piece)).toString('utf8')).join('');
};

test('a terminal gets no escape sequence, no control and no turned line', () => {
  const hostile =
    'To: "\u202eevil \u001b[31m\u001b]0;title\u0007" \u009b2J\u0000\u0008\rover\r\n\tGräfin\r\n';
  const shown = cleaned([Buffer.from(hostile)]);

  expect(shown).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]|\r(?!\n)/);
  expect(shown).toContain('\r\n\tGräfin\r\n');
});

test('wherever its pieces are cut', () => {
  const bytes = Buffer.from('a \u009b31m ä €\u{1F600}\r\n');
  const whole = cleaned([bytes]);
  for (let at = 0; at <= bytes.length; at += 1)
    expect(cleaned([bytes.subarray(0, at), bytes.subarray(at)])).toBe(whole);
});
