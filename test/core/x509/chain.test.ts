import { describe, expect, it } from 'vitest';
import { mayHaveIssued, orderChain } from '../../../core/x509/chain.ts';
import { certificateOf } from './certificate-files.ts';

const leaf = certificateOf('lab-leaf-im.pem');
const intermediate = certificateOf('lab-intermediate.pem');
const root = certificateOf('lab-ca.pem');
const stranger = certificateOf('lab-otherca.pem');
const selfSigned = certificateOf('lab-selfsigned.pem');

describe('orderChain', () => {
  it('follows a whole chain in order', () => {
    expect(orderChain([leaf, intermediate, root])).toMatchObject({
      path: [0, 1, 2],
      inOrder: true,
      end: 'self-issued',
      missingIssuer: null,
      unrelated: [],
    });
  });

  it('names the issuer that was not sent', () => {
    const report = orderChain([leaf]);
    expect(report).toMatchObject({ leafOnly: true, end: 'issuer-not-sent', selfSigned: false });
    expect(report.missingIssuer?.name.commonName).toBe('Lab Intermediate CA');
    expect(orderChain([leaf, intermediate]).missingIssuer?.name.commonName).toBe('Lab Root CA');
  });

  it('finds the way through a chain out of order, with strangers and duplicates', () => {
    expect(orderChain([leaf, root, stranger, intermediate, leaf])).toMatchObject({
      path: [0, 3, 1],
      inOrder: false,
      unrelated: [2, 4],
      end: 'self-issued',
    });
  });

  it('tells a self-signed leaf', () => {
    expect(orderChain([selfSigned])).toMatchObject({ selfSigned: true, leafOnly: false, end: 'self-issued' });
  });

  it('does not go round in a circle', () => {
    const one = { ...leaf, subject: root.subject, issuer: intermediate.subject, selfIssued: false };
    const other = { ...intermediate, issuer: root.subject, selfIssued: false };
    const bare = { ...leaf.extensions, authorityKeyIdentifier: null, subjectKeyIdentifier: null };
    expect(
      orderChain([
        { ...one, extensions: bare },
        { ...other, extensions: bare },
      ]).end,
    ).toBe('loop');
  });

  it('takes an empty list', () => {
    expect(orderChain([])).toMatchObject({ path: [], end: 'empty', leafOnly: false, selfSigned: false });
  });

  it('minds the key identifiers: the same name with another key has not issued it', () => {
    expect(mayHaveIssued(intermediate, leaf)).toBe(true);
    const renewed = { ...intermediate.extensions, subjectKeyIdentifier: '00' };
    const wanted = { ...leaf.extensions, authorityKeyIdentifier: 'ff' };
    expect(mayHaveIssued({ ...intermediate, extensions: renewed }, { ...leaf, extensions: wanted })).toBe(
      false,
    );
    expect(mayHaveIssued(root, leaf)).toBe(false);
  });
});
