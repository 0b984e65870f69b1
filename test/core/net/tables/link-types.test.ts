import { expect, test } from 'vitest';
import {
  isSupportedLinkType,
  nameOfLinkType,
  supportedLinkTypes,
} from '../../../../core/net/tables/link-types.ts';

test('every link type that is read has a name of its own', () => {
  const supported = supportedLinkTypes();
  expect(supported.length).toBeGreaterThan(30);
  for (const linkType of supported) {
    expect(isSupportedLinkType(linkType)).toBe(true);
    expect(nameOfLinkType(linkType)).toMatch(/^[A-Z0-9_]+$/);
  }
});

test('what is not read is said by name, else by number', () => {
  expect(isSupportedLinkType(187)).toBe(false);
  expect(nameOfLinkType(187)).toBe('BLUETOOTH_HCI_H4');
  expect(nameOfLinkType(40_000)).toBe('link type 40000');
  expect(nameOfLinkType(0xffff)).toBe('unknown link type');
  expect(isSupportedLinkType(0xffff)).toBe(false);
});
