/** A password in the encodings under which programs make keys of it. */
import { concatBytes, equalBytes } from '../../bytes/reader.ts';
import { encodeUtf8 } from '../../bytes/text.ts';

/** For PBKDF2, scrypt, PBES1 and "DEK-Info": UTF-8 first, then ISO 8859-1 where that differs. */
export function passwordBytes(password: string): Uint8Array[] {
  const forms = [encodeUtf8(password), encodeUtf8(password.normalize('NFC'))];
  if (/^[\u0000-\u00ff]*$/.test(password)) forms.push(Uint8Array.from(password, (c) => c.charCodeAt(0)));
  return distinct(forms);
}

/**
 * For PKCS#12's own derivation: UTF-16BE with two zero bytes (RFC 7292 §B.1). An empty password is those two bytes for
 * some programs and nothing at all for others. Old OpenSSL made one unit of each byte of its locale's encoding.
 */
export function passwordUnits(password: string): Uint8Array[] {
  if (password === '') return [new Uint8Array(2), new Uint8Array(0)];
  const forms = [
    utf16(password),
    utf16(password.normalize('NFC')),
    utf16(String.fromCharCode(...encodeUtf8(password))),
  ];
  return distinct(forms);
}

/** For PBES2 inside PKCS#12: most programs take UTF-8, some the same units as the MAC. */
export function passwordBytesOrUnits(password: string): Uint8Array[] {
  if (password === '') return [new Uint8Array(0), new Uint8Array(2)];
  const isAscii = /^[\u0000-\u007f]*$/.test(password);
  return isAscii
    ? passwordBytes(password)
    : distinct([...passwordBytes(password), ...passwordUnits(password)]);
}

function utf16(text: string): Uint8Array {
  const units = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    units[i * 2] = text.charCodeAt(i) >> 8;
    units[i * 2 + 1] = text.charCodeAt(i) & 0xff;
  }
  return concatBytes([units, new Uint8Array(2)]);
}

function distinct(forms: readonly Uint8Array[]): Uint8Array[] {
  return forms.filter((form, i) => forms.findIndex((other) => equalBytes(other, form)) === i);
}
