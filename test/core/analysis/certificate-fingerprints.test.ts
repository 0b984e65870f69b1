import { describe, expect, it } from 'vitest';
import { CertificateFingerprints } from '../../../core/analysis/certificate-fingerprints.ts';

describe('fingerprints of certificates', () => {
  it('are made once for the same bytes, wherever they stand', () => {
    let made = 0;
    const fingerprints = new CertificateFingerprints((certificate) => {
      made += 1;
      return certificate[0] === 0 ? null : `of ${String(certificate)}`;
    });
    const scratch = Uint8Array.of(1, 2, 3);
    expect(fingerprints.of(scratch)).toBe('of 1,2,3');
    expect(fingerprints.of(Uint8Array.of(9, 1, 2, 3).subarray(1))).toBe('of 1,2,3');
    expect(made).toBe(1);
    // The same place, other bytes.
    scratch[2] = 4;
    expect(fingerprints.of(scratch)).toBe('of 1,2,4');
    expect(fingerprints.of(Uint8Array.of(0, 2, 3))).toBeNull();
    expect(fingerprints.of(Uint8Array.of(0, 2, 3))).toBeNull();
    expect(made).toBe(3);
  });

  it('stay few, however many certificates come', () => {
    let made = 0;
    const fingerprints = new CertificateFingerprints((certificate) => String(((made += 1), certificate[0])));
    for (let round = 0; round < 2; round += 1)
      for (let i = 0; i < 200; i += 1) expect(fingerprints.of(Uint8Array.of(i))).toBe(String(i));
    expect(made).toBe(400);
  });
});
