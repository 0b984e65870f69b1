import { expect, test } from 'vitest';
import { redactMessage } from '../../../core/export/redact-sip.ts';
import { Replacements } from '../../../core/export/replacements.ts';
import { exportedMessage } from './exported-message.ts';

test('a sentence is cleared of numbers and names in whatever way they are written', () => {
  const replacements = new Replacements();
  const message = exportedMessage(
    'MESSAGE sip:%61lexa@pbx.acme.test SIP/2.0\r\nTo: <sip:+49-(170)-555.0199@pbx.acme.test>\r\nX-Version: 2.0\r\n\r\n',
  );
  redactMessage(replacements, message);
  replacements.learning = false;
  const said = replacements.scrubSentence(
    'MESSAGE sip:%61lexa@pbx.acme.test SIP/2.0, to +49-(170)-555.0199, also called +491705550199',
  );
  const [, user = '', one = '', other = ''] =
    /^MESSAGE sip:(\S+)@host\d\.example SIP\/2\.0, to (\S+), also called (\S+)$/.exec(said) ?? [];
  expect(user).toMatch(/^name\d$/);
  // One number, however it is written.
  expect(one).toMatch(/^\+5\d{9,}$/);
  expect(other).toBe(one);
});
