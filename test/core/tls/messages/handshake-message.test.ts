import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCertificate, MAX_CERTIFICATES } from '../../../../core/tls/messages/certificate.ts';
import {
  type ClientHello,
  decodeClientHello,
  decodeSslV2ClientHello,
  offeredVersions,
  serverNameOf,
} from '../../../../core/tls/messages/client-hello.ts';
import { describeHandshake } from '../../../../core/tls/messages/describe-handshake.ts';
import { describeHandshakeTree } from '../../../../core/tls/messages/describe-handshake-tree.ts';
import { extensionOf } from '../../../../core/tls/messages/extension.ts';
import {
  decodeHandshake,
  type HandshakeContext,
  type HandshakeMessage,
} from '../../../../core/tls/messages/handshake-message.ts';
import { decodeClientKeyExchange } from '../../../../core/tls/messages/key-exchange.ts';
import type { MessageNode } from '../../../../core/tls/messages/message-node.ts';
import {
  decodeAlert,
  decodeHeartbeat,
  isChangeCipherSpec,
} from '../../../../core/tls/messages/other-content.ts';
import { decodeServerHello, selectedVersion } from '../../../../core/tls/messages/server-hello.ts';
import * as real from './real-messages.ts';

const RSA12: HandshakeContext = { dtls: false, version: 0x0303, keyExchange: 'rsa' };

/** Decodes a whole message, header included. */
function decode(message: Uint8Array, context: HandshakeContext = RSA12): HandshakeMessage {
  return decodeHandshake(message[0] ?? 0, message.subarray(4), context);
}

/** The messages that may be of a kind: a ServerHello and a HelloRetryRequest are one type. */
type KindOf<K extends HandshakeMessage['kind']> = HandshakeMessage & { readonly kind: K };

function as<K extends HandshakeMessage['kind']>(kind: K, message: HandshakeMessage): KindOf<K> {
  if (isOf(kind, message)) return message;
  throw new Error(`${message.kind} is no ${kind}`);
}

function isOf<K extends HandshakeMessage['kind']>(kind: K, message: HandshakeMessage): message is KindOf<K> {
  return message.kind === kind;
}

function hexOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('hex');
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

const CONTEXTS: readonly HandshakeContext[] = [
  RSA12,
  { dtls: false, version: 0x0304, keyExchange: 'tls13' },
  { dtls: true, version: 0xfeff, keyExchange: 'dhe-psk' },
  { dtls: false, version: 0x0300, keyExchange: 'rsa' },
  { dtls: false, version: 0, keyExchange: 'unknown' },
  { dtls: false, version: 0x0303, keyExchange: 'ecdhe-rsa' },
  { dtls: false, version: 0x0303, keyExchange: 'srp-rsa' },
];

describe('decodeHandshake on what real endpoints sent', () => {
  it('reads a TLS 1.2 Client Hello', () => {
    const hello = as('client-hello', decode(real.CLIENT_HELLO_TLS12));
    expect(hello.fault).toBeNull();
    expect(hello.version).toBe(0x0303);
    expect(hexOf(hello.random)).toBe('e286ce193aec947f6c17b43d93f3dd2c65683c8f4aef93ed98c341614a23849d');
    expect(hello.sessionId).toHaveLength(0);
    expect(hello.cipherSuites).toEqual([0x0035, 0x00ff]);
    expect(hello.compressionMethods).toEqual([0]);
    expect(serverNameOf(hello)).toBe('sip.lab.example');
    expect(hello.extensions.map(({ kind }) => kind)).toEqual([
      'server-name',
      'session-ticket',
      'encrypt-then-mac',
      'extended-master-secret',
      'signature-algorithms',
    ]);
    expect(offeredVersions(hello)).toEqual([0x0303]);
    expect(describeHandshake(1, hello)).toBe('Client Hello (SNI=sip.lab.example)');
  });

  it('reads a TLS 1.2 Server Hello with the mark of a server that can do TLS 1.3', () => {
    const hello = as('server-hello', decode(real.SERVER_HELLO_TLS12));
    expect(hello.fault).toBeNull();
    expect(hello.cipherSuite).toBe(0x0035);
    expect(hello.downgrade).toBe('tls12');
    expect(selectedVersion(hello)).toBe(0x0303);
    expect(hello.extensions.map(({ id }) => id)).toEqual([0xff01, 0, 35, 22, 23]);
    expect(describeHandshake(2, hello)).toBe('Server Hello, TLS 1.2, TLS_RSA_WITH_AES_256_CBC_SHA');
  });

  it('reads a resuming TLS 1.3 Client Hello: identities, binders and where they begin', () => {
    const body = real.CLIENT_HELLO_TLS13_PSK.subarray(4);
    const hello = as('client-hello', decode(real.CLIENT_HELLO_TLS13_PSK));
    expect(hello.fault).toBeNull();
    expect(offeredVersions(hello)).toContain(0x0304);
    const psk = extensionOf(hello.extensions, 'pre-shared-key-offer');
    expect(psk?.identities).toHaveLength(1);
    expect(psk?.binders.map(({ length }) => length)).toEqual([48]);
    // The binders' list ends the message: its length, one length byte, 48 bytes.
    expect(psk?.bindersOffset).toBe(body.length - 51);
    expect(extensionOf(hello.extensions, 'psk-key-exchange-modes')?.modes).toEqual([1]);
    expect(extensionOf(hello.extensions, 'key-share')?.entries.map(({ group }) => group)).toEqual([0x001d]);
  });

  it('reads a TLS 1.3 Server Hello that takes the offered key', () => {
    const hello = as('server-hello', decode(real.SERVER_HELLO_TLS13_PSK));
    expect(hello.fault).toBeNull();
    expect(selectedVersion(hello)).toBe(0x0304);
    expect(extensionOf(hello.extensions, 'pre-shared-key-choice')?.selected).toBe(0);
    expect(extensionOf(hello.extensions, 'key-share')?.entries[0]?.keyExchange).toHaveLength(32);
    expect(describeHandshake(2, hello)).toBe('Server Hello, TLS 1.3, TLS_AES_256_GCM_SHA384');
  });

  it('reads Certificate, Client Key Exchange and New Session Ticket of TLS 1.2', () => {
    const certificate = as('certificate', decode(real.CERTIFICATE_TLS12));
    expect(certificate.fault).toBeNull();
    expect(certificate.certificates.map(({ offset, length }) => [offset, length])).toEqual([[6, 873]]);
    expect(hexOf(certificate.certificates[0]?.der.subarray(0, 4) ?? null)).toBe('30820365');
    expect(describeHandshake(11, certificate)).toBe('Certificate (1 certificate)');

    const exchange = as('client-key-exchange', decode(real.CLIENT_KEY_EXCHANGE_RSA));
    expect(exchange.fault).toBeNull();
    expect(hexOf(exchange.encryptedPreMaster)).toBe(hexOf(real.CLIENT_KEY_EXCHANGE_RSA.subarray(6)));
    // Without a Server Hello its form tells.
    const guessed = decode(real.CLIENT_KEY_EXCHANGE_RSA, { ...RSA12, keyExchange: 'unknown', version: 0 });
    expect(as('client-key-exchange', guessed).encryptedPreMaster).toHaveLength(256);

    const ticket = as('new-session-ticket', decode(real.NEW_SESSION_TICKET_TLS12));
    expect(ticket.fault).toBeNull();
    expect([ticket.lifetime, ticket.ticket.length, ticket.ageAdd]).toEqual([7200, 192, null]);
  });

  it('reads Certificate Request and Certificate Verify of TLS 1.2', () => {
    const request = as('certificate-request', decode(real.CERTIFICATE_REQUEST_TLS12));
    expect(request.fault).toBeNull();
    expect(request.certificateTypes).toEqual([1, 2, 64]);
    expect(request.signatureSchemes?.slice(0, 2)).toEqual([0x0403, 0x0503]);
    expect(request.authorities).toHaveLength(1);
    expect(request.authorities[0]?.[0]).toBe(0x30);
    const verify = as('certificate-verify', decode(real.CERTIFICATE_VERIFY_TLS12));
    expect(verify.fault).toBeNull();
    expect([verify.signatureScheme, verify.signature.length]).toEqual([0x0804, 256]);
    expect(describeHandshake(15, verify)).toBe('Certificate Verify (rsa_pss_rsae_sha256)');
  });

  it('reads key exchanges by what the suite makes of them', () => {
    const ecdhe = decode(real.SERVER_KEY_EXCHANGE_ECDHE, { ...RSA12, keyExchange: 'ecdhe-rsa' });
    expect(ecdhe).toMatchObject({ fault: null, group: 0x001d, signatureScheme: 0x0804, pskHint: null });
    expect(as('server-key-exchange', ecdhe).signature).toHaveLength(256);
    const dhe = decode(real.SERVER_KEY_EXCHANGE_DHE_PSK, { ...RSA12, keyExchange: 'dhe-psk' });
    expect(dhe).toMatchObject({ fault: null, bits: 1024, signature: null });
    const both = as(
      'client-key-exchange',
      decode(real.CLIENT_KEY_EXCHANGE_RSA_PSK, { ...RSA12, keyExchange: 'rsa-psk' }),
    );
    expect(both.fault).toBeNull();
    expect(Buffer.from(both.pskIdentity ?? []).toString()).toBe('Client_identity');
    expect(both.encryptedPreMaster).toHaveLength(256);
  });
});

describe('decodeHandshake on forms that are rarer', () => {
  it('tells a Hello Retry Request by its random', () => {
    const retry = bytesOf(
      '0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c 00 1301 00 000c 002b00020304 003300020017',
    );
    const hello = decodeServerHello(retry);
    expect(hello).toMatchObject({ kind: 'hello-retry-request', fault: null, cipherSuite: 0x1301 });
    expect(extensionOf(hello.extensions, 'key-share')?.entries).toMatchObject([{ group: 0x17 }]);
    expect(describeHandshake(2, hello)).toBe('Hello Retry Request, TLS 1.3, TLS_AES_128_GCM_SHA256');
  });

  it('takes an SSL 3.0 encrypted pre-master without a length before it', () => {
    const raw = new Uint8Array(128).fill(0x5a);
    expect(decodeClientKeyExchange(raw, 'rsa', true).encryptedPreMaster).toHaveLength(128);
    const framed = Uint8Array.of(0, 128, ...raw);
    expect(decodeClientKeyExchange(framed, 'rsa', true).encryptedPreMaster).toHaveLength(128);
    expect(decodeClientKeyExchange(framed, 'rsa', false).encryptedPreMaster).toHaveLength(128);
  });

  it('puts the challenge of an SSL 2.0-format hello at the end of the random', () => {
    const body = bytesOf('01 0301 0006 0000 0010 00002f 010080 00112233445566778899aabbccddeeff');
    const hello = decodeSslV2ClientHello(body);
    // Whoever reads a hello again need not know in which format it came.
    expect(decodeClientHello(body, false)).toEqual(hello);
    expect(hello.fault).toBeNull();
    expect(hello.sslv2).toBe(true);
    expect(hello.cipherSuites).toEqual([0x2f, 0x010080]);
    expect(hexOf(hello.random)).toBe(`${'00'.repeat(16)}00112233445566778899aabbccddeeff`);
  });

  it('keeps unknown extensions and GREASE, and names the Encrypted Client Hello', () => {
    const extensions =
      '0a0a 0000' +
      'abcd 0003 010203' +
      'fe0d 000c 00 0001 0001 07 0000 0002 dead' +
      '0010 000b 0009 08 687474702f312e31';
    const length = bytesOf(extensions).length.toString(16).padStart(4, '0');
    const hello = decodeClientHello(
      bytesOf(`0303 ${'11'.repeat(32)} 00 0004 0a0a 1301 01 00 ${length} ${extensions}`),
      false,
    );
    expect(hello.fault).toBeNull();
    expect(hello.extensions).toMatchObject([
      { kind: 'grease', id: 0x0a0a },
      { kind: 'unknown', id: 0xabcd, length: 3 },
      { kind: 'encrypted-client-hello', type: 0, configId: 7, payloadLength: 2 },
      { kind: 'alpn', protocols: ['http/1.1'] },
    ]);
  });

  it('reads the cookie of DTLS', () => {
    const hello = decodeClientHello(bytesOf(`fefd ${'22'.repeat(32)} 00 04 c0c1c2c3 0002 002f 01 00`), true);
    expect(hello).toMatchObject({ fault: null, version: 0xfefd, cipherSuites: [0x2f] });
    expect(hexOf(hello.cookie)).toBe('c0c1c2c3');
  });

  it('lists a bounded number of certificates', () => {
    const list = new Uint8Array(3 + 3 * 1000);
    list.set([0, list.length >> 8, 0], 0);
    list[1] = (list.length - 3) >> 8;
    list[2] = (list.length - 3) & 255;
    const message = decodeCertificate(list, false);
    expect(message.certificates).toHaveLength(MAX_CERTIFICATES);
    expect(message.fault?.sentence).toContain('more than');
  });

  it('reads alerts, ChangeCipherSpec and heartbeats, and tells what is encrypted', () => {
    expect(decodeAlert(Uint8Array.of(2, 48))).toEqual({ level: 2, description: 48 });
    expect(decodeAlert(Uint8Array.of(3, 48))).toBeNull();
    expect(decodeAlert(new Uint8Array(26))).toBeNull();
    expect(isChangeCipherSpec(Uint8Array.of(1))).toBe(true);
    expect(isChangeCipherSpec(Uint8Array.of(1, 1))).toBe(false);
    const bleeding = decodeHeartbeat(bytesOf('01 4000 aa'));
    expect(bleeding).toMatchObject({ request: true, fault: { offset: 1 } });
    expect(decodeHeartbeat(bytesOf('02 0002 aabb 0000'))).toMatchObject({
      request: false,
      fault: null,
      paddingLength: 2,
    });
  });
});

describe('decodeHandshake on damaged messages', () => {
  const all: readonly Uint8Array[] = Object.values(real);

  it('keeps what stands before the place where a message is cut, and says where that is', () => {
    const whole = as('client-hello', decode(real.CLIENT_HELLO_TLS12));
    const body = real.CLIENT_HELLO_TLS12.subarray(4);
    for (let length = 0; length < body.length; length++) {
      const cut: ClientHello = decodeClientHello(body.subarray(0, length), false);
      // A hello may end before its extensions: RFC 5246 §7.4.1.2.
      if (length === 43) expect(cut.fault).toBeNull();
      else {
        expect(cut.fault).not.toBeNull();
        expect(cut.fault?.offset).toBeLessThanOrEqual(length);
      }
      if (length >= 34) expect(hexOf(cut.random)).toBe(hexOf(whole.random));
      if (length >= 41) expect(cut.cipherSuites).toEqual(whole.cipherSuites);
      if (length >= 69) expect(serverNameOf(cut)).toBe('sip.lab.example');
    }
  });

  it('survives every mutation, and every message read as another', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 6 }),
        fc.nat(2000),
        fc.constantFrom(...CONTEXTS),
        fc.oneof(fc.constant(-1), fc.nat(80)),
        (message, changes, cut, context, type) => {
          const bytes = message.slice(4);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const body = bytes.subarray(0, cut % (bytes.length + 1));
          const kind = type < 0 ? (message[0] ?? 0) : type;
          const decoded = decodeHandshake(kind, body, context);
          if (decoded.fault !== null) expect(decoded.fault.offset).toBeLessThanOrEqual(body.length);
          describeHandshake(kind, decoded);
          checkTree(describeHandshakeTree(kind, body, decoded, 4), body.length + 4);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('describeHandshakeTree', () => {
  it('points at the bytes it speaks of', () => {
    const message = real.CLIENT_HELLO_TLS12;
    const tree = describeHandshakeTree(1, message.subarray(4), decode(message), 4);
    const at = (label: string): string | null => {
      const node = findNode(tree, label);
      return node === null ? null : hexOf(message.subarray(node.offset, node.offset + node.length));
    };
    expect(tree).toMatchObject({ offset: 0, length: message.length });
    expect(at('Version')).toBe('0303');
    expect(at('Random')).toBe('e286ce193aec947f6c17b43d93f3dd2c65683c8f4aef93ed98c341614a23849d');
    expect(at('Cipher suites')).toBe('003500ff');
    expect(at('TLS_RSA_WITH_AES_256_CBC_SHA')).toBe('0035');
    expect(at('null (0)')).toBe('00');
    expect(at('Extension: server_name')).toMatch(/^00000014/);
    expect(at('Extension: extended_master_secret')).toBe('00170000');
    expect(at('rsa_pss_rsae_sha256')).toBe('0804');
  });

  it('has a node inside its parent for every byte range of every message', () => {
    for (const message of Object.values(real)) {
      const type = message[0] ?? 0;
      for (const context of CONTEXTS) {
        const body = message.subarray(4);
        checkTree(describeHandshakeTree(type, body, decodeHandshake(type, body, context), 4), message.length);
      }
    }
  });
});

function checkTree(node: MessageNode, end: number): void {
  expect(node.label).not.toContain('undefined');
  expect(node.offset).toBeGreaterThanOrEqual(0);
  expect(node.length).toBeGreaterThanOrEqual(0);
  expect(node.offset + node.length).toBeLessThanOrEqual(end);
  for (const child of node.children) checkTree(child, end);
}

function findNode(node: MessageNode, label: string): MessageNode | null {
  if (node.label.startsWith(label)) return node;
  for (const child of node.children) {
    const found = findNode(child, label);
    if (found !== null) return found;
  }
  return null;
}
