import type { CryptoBackend, HashName } from '../../crypto/backend.ts';
import { Secret } from '../../keys/secret.ts';
import { deriveSecret, hkdfExpandLabel } from '../../tls/secrets/hkdf.ts';
import { derivePrf } from '../../tls/secrets/prf.ts';
import type { SrtpProfile } from './profiles.ts';
import type { SrtpMasterKey } from './srtp-opener.ts';

/** The master keys that a DTLS handshake exports (RFC 5764 §4.2): the client's sending key and the server's. */
export interface DtlsSrtpKeys {
  readonly client: SrtpMasterKey;
  readonly server: SrtpMasterKey;
}

/** DTLS 1.0 and 1.2: the exporter of RFC 5705 over the master secret. `prfHash` null: that of TLS 1.0 and 1.1. */
export function deriveDtlsSrtpKeys(
  backend: CryptoBackend,
  profile: SrtpProfile,
  mki: Uint8Array,
  version: number,
  prfHash: HashName | null,
  masterSecret: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): DtlsSrtpKeys {
  const seed = new Uint8Array(clientRandom.length + serverRandom.length);
  seed.set(clientRandom);
  seed.set(serverRandom, clientRandom.length);
  const length = blockLength(profile);
  return splitBlock(
    profile,
    mki,
    derivePrf(backend, version, prfHash ?? 'sha256', masterSecret, LABEL, seed, length),
  );
}

/** DTLS 1.3: the exporter of RFC 8446 §7.5 over the exporter secret, with the labels' prefix of RFC 9147 §5.9. */
export function deriveDtls13SrtpKeys(
  backend: CryptoBackend,
  profile: SrtpProfile,
  mki: Uint8Array,
  hash: HashName,
  exporterSecret: Uint8Array,
): DtlsSrtpKeys {
  const empty = backend.hash(hash, NONE);
  const secret = deriveSecret(backend, hash, exporterSecret, LABEL, empty, 'dtls13');
  const block = hkdfExpandLabel(backend, hash, secret, 'exporter', empty, blockLength(profile), 'dtls13');
  return splitBlock(profile, mki, block);
}

/** client key, server key, client salt, server salt. */
function splitBlock(profile: SrtpProfile, mki: Uint8Array, block: Uint8Array): DtlsSrtpKeys {
  const { keyLength, saltLength } = profile;
  const side = (which: 0 | 1): SrtpMasterKey => ({
    profile,
    key: new Secret(block.slice(which * keyLength, (which + 1) * keyLength)),
    salt: new Secret(
      block.slice(2 * keyLength + which * saltLength, 2 * keyLength + (which + 1) * saltLength),
    ),
    mki,
    derivationRate: 0,
    encrypted: true,
  });
  return { client: side(0), server: side(1) };
}

function blockLength(profile: SrtpProfile): number {
  return 2 * (profile.keyLength + profile.saltLength);
}

const LABEL = 'EXTRACTOR-dtls_srtp';
const NONE = new Uint8Array(0);
