/** What is said of key files: one sentence what it is and what is wrong, one what to do. Nothing of a key or password is repeated. */
import type { Certificate } from '../../x509/certificate.ts';
import { shortName } from '../../x509/names.ts';

/** `what`: "private key", "PFX file". */
export function wrongPassword(what: string, passwords: number): string {
  if (passwords === 0) return `This ${what} is protected with a password: give its password to open it.`;
  const given = passwords === 1 ? 'The password given does not' : `None of the ${passwords} passwords given`;
  const fits = passwords === 1 ? 'fit' : 'fits';
  return `${given} ${fits} this ${what}, or the file is damaged: check the password, or copy the file again.`;
}

export function alteredPfx(): string {
  return 'The password opens this PFX file, but its check sum does not fit: the file was damaged after it was written. Copy or export it again.';
}

export function cutShort(what: string, has: number, declared: number): string {
  const of = declared > has ? `: it has ${has} of ${declared} bytes` : '';
  return `This ${what} is cut short${of}. Copy it again, in binary mode where FTP is used.`;
}

export function onlyCertificates(certificates: readonly Certificate[], dress: string): string {
  const [first] = certificates;
  if (dress === 'pfx')
    return 'This PFX file holds no private key: it was exported without it. Export it again with its private key; where Windows offers no such choice, the key was not marked as exportable.';
  if (first === undefined) return `This ${dress} file holds neither a private key nor a certificate.`;
  const count = certificates.length;
  const whose =
    count === 1
      ? `the certificate of ${shortName(first.subject)}`
      : `${count} certificates (the first is of ${shortName(first.subject)})`;
  return `This file holds only ${whose}: the private key is in another file, usually beside it and ending in .key, or inside a .pfx.`;
}

export function onlyRequest(): string {
  return 'This is a certificate request: the private key was written to another file when the request was made, usually one ending in .key.';
}

export function onlyPublicKey(): string {
  return 'This is only a public key, which decrypts nothing: load the private key that belongs to it.';
}

/** `description`: "EC P-256", "Ed25519". */
export function signsOnly(description: string): string {
  const article = /^(EC|Ed|RSA|X)/.test(description) ? 'an' : 'a';
  const does = /^(X25519|X448|DH)/.test(description) ? 'agrees on keys' : 'signs';
  return `This is ${article} ${description} private key, which only ${does}: connections that use it have keys of their own by (EC)DHE, so that no private key decrypts them. Load a TLS key log instead.`;
}

/** `reason` begins with "its". */
export function damagedRsa(reason: string): string {
  return `This RSA private key cannot be used: ${reason}. Copy or export it again.`;
}

/** `reason` follows "it". */
export function unusable(what: string, reason: string): string {
  return `This ${what} cannot be opened: it ${reason}.`;
}

/** A private key in an encryption that is not known here; `reason` follows "it". */
export function inconvertible(reason: string): string {
  return `This private key cannot be opened: it ${reason}. Convert it where it was made, with: openssl pkey -in KEYFILE -out key.pem.`;
}

/** `what`: the labels or kinds of what is there instead. */
export function noKey(what: string): string {
  return `There is no private key in this file, only ${what}. Wanted is a private key (PEM, DER or PFX) or a TLS key log.`;
}

export function damagedBlock(label: string, line: number, reason: string): string {
  return `The ${label} that begins in line ${line} cannot be read: ${reason}. Copy it again, with its BEGIN and END lines.`;
}

/** `other`: lines that are none of a key log. */
export function emptyKeyLog(bad: number, line: number | null, reason: string, other: number): string {
  if (bad > 0 && line !== null)
    return `This TLS key log holds no usable line: line ${line} has ${reason}. Copy the file again; its lines must not be wrapped or cut.`;
  if (other > 0)
    return `There is no line of a TLS key log in this file, but ${other} of another kind. A line is a label such as CLIENT_RANDOM and two hexadecimal numbers, with spaces between and nothing around them.`;
  return 'This TLS key log holds no secret yet: the program that writes it has made no TLS connection since it was started.';
}
