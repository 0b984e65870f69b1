import { expect, it } from 'vitest';
import {
  formatDecrypted,
  formatFinal,
  formatParty,
  formatSpan,
} from '../../../renderer/model/call-format.ts';

it.each([
  ['sip:1001@pbx.example.com', '1001@pbx.example.com'],
  ['sips:alice@[2001:db8::1]:5061;transport=tls?x=y', 'alice@[2001:db8::1]:5061'],
  ['<tel:+49-30-1234;phone-context=x>', '+49-30-1234'],
  ['  <sip:a@b> ', 'a@b'],
  ['*', '*'],
  ['', ''],
  ['sip:', 'sip:'],
])('shows %s as %s', (uri, shown) => expect(formatParty(uri)).toBe(shown));

it('says nothing where nothing was seen', () => {
  expect(formatFinal(0, 'OK')).toBe('');
  expect(formatFinal(486, 'Busy Here')).toBe('486 Busy Here');
  expect(formatFinal(499, '')).toBe('499');
  expect(formatSpan(null, String)).toBe('');
  expect(formatSpan(0, String)).toBe('0');
  expect(formatDecrypted(0, 0)).toBe('');
  expect(formatDecrypted(0, 14)).toBe('14 clear');
  expect(formatDecrypted(7, 14)).toBe('7 / 14');
});
