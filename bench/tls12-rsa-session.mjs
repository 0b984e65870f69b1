import { constants, createCipheriv, createHash, createHmac, publicEncrypt } from 'node:crypto';

/** TLS_RSA_WITH_AES_256_CBC_SHA and TLS_RSA_WITH_AES_128_GCM_SHA256. */
export const AES256_SHA = 0x0035;
export const AES128_GCM = 0x009c;

/**
 * Both ends of a TLS 1.2 session with RSA key exchange (RFC 5246), made of bytes: a handshake, then records. All random
 * values come from the given source.
 */
export class Tls12RsaSession {
  /** The handshake's flights in turn: {direction, bytes}. */
  flights;
  clientRandom;
  masterSecret;
  #random;
  #suite;
  #writers;

  /**
   * @param {import('./random.mjs').Random} random
   * @param {{certificate: Buffer, publicKey: import('node:crypto').KeyObject, serverName: string}} server certificate as DER
   * @param {number} suite
   * @param {boolean} extendedMasterSecret
   */
  constructor(random, server, suite, extendedMasterSecret) {
    this.#random = random;
    this.#suite = suite;
    this.clientRandom = random.bytes(32);
    const serverRandom = random.bytes(32);
    const preMaster = random.bytes(48);
    preMaster.writeUInt16BE(0x0303, 0);

    const clientHello = this.#clientHello(server.serverName, extendedMasterSecret);
    const serverHello = this.#serverHello(serverRandom, extendedMasterSecret);
    const certificate = handshake(11, vector(3, vector(3, server.certificate)));
    const done = handshake(14, Buffer.alloc(0));
    const keyExchange = handshake(16, vector(2, encryptPreMaster(random, server.publicKey, preMaster)));
    const transcript = [clientHello, serverHello, certificate, done, keyExchange];

    const seed = extendedMasterSecret
      ? ['extended master secret', sha256(transcript)]
      : ['master secret', Buffer.concat([this.clientRandom, serverRandom])];
    this.masterSecret = prf(preMaster, seed[0], seed[1], 48);
    this.#writers = this.#deriveWriters(serverRandom);

    const clientFinished = this.#finished('client finished', transcript);
    const serverFinished = this.#finished('server finished', [...transcript, clientFinished]);
    const changeCipherSpec = record(20, Buffer.of(1));
    this.flights = [
      { direction: 0, bytes: record(22, clientHello, 0x0301) },
      { direction: 1, bytes: record(22, Buffer.concat([serverHello, certificate, done])) },
      {
        direction: 0,
        bytes: Buffer.concat([record(22, keyExchange), changeCipherSpec, this.seal(0, 22, clientFinished)]),
      },
      { direction: 1, bytes: Buffer.concat([changeCipherSpec, this.seal(1, 22, serverFinished)]) },
    ];
  }

  /** One encrypted record, header included. */
  seal(direction, type, plaintext) {
    const writer = this.#writers[direction];
    const head = Buffer.allocUnsafe(13);
    head.writeUInt32BE(0, 0);
    head.writeUInt32BE(writer.sequence++, 4);
    head[8] = type;
    head.writeUInt16BE(0x0303, 9);
    head.writeUInt16BE(plaintext.length, 11);
    return this.#suite === AES256_SHA
      ? this.#sealCbc(writer, type, head, plaintext)
      : sealGcm(writer, type, head, plaintext);
  }

  /** RFC 5246 §6.2.3.2. */
  #sealCbc(writer, type, head, plaintext) {
    const mac = createHmac('sha1', writer.macKey).update(head).update(plaintext).digest();
    const padding = 16 - ((plaintext.length + 20) % 16);
    const content = Buffer.allocUnsafe(plaintext.length + 20 + padding);
    plaintext.copy(content, 0);
    mac.copy(content, plaintext.length);
    content.fill(padding - 1, plaintext.length + 20);
    const iv = this.#random.bytes(16);
    const cipher = createCipheriv('aes-256-cbc', writer.key, iv).setAutoPadding(false);
    return record(type, Buffer.concat([iv, cipher.update(content)]));
  }

  /** RFC 5246 §6.3, §8.1. */
  #deriveWriters(serverRandom) {
    const cbc = this.#suite === AES256_SHA;
    const [mac, key, iv] = cbc ? [20, 32, 0] : [0, 16, 4];
    const seed = Buffer.concat([serverRandom, this.clientRandom]);
    const block = prf(this.masterSecret, 'key expansion', seed, 2 * (mac + key + iv));
    let at = 0;
    const take = (length) => block.subarray(at, (at += length));
    const macs = [take(mac), take(mac)];
    const keys = [take(key), take(key)];
    const ivs = [take(iv), take(iv)];
    return [0, 1].map((side) => ({ macKey: macs[side], key: keys[side], iv: ivs[side], sequence: 0 }));
  }

  #finished(label, transcript) {
    return handshake(20, prf(this.masterSecret, label, sha256(transcript), 12));
  }

  #clientHello(serverName, extendedMasterSecret) {
    const name = Buffer.concat([Buffer.of(0), vector(2, Buffer.from(serverName))]);
    const extensions = [
      extension(0, vector(2, name)),
      extension(13, vector(2, Buffer.from('0401050106010201', 'hex'))),
      extension(0xff01, Buffer.of(0)),
      ...(extendedMasterSecret ? [extension(23, Buffer.alloc(0))] : []),
    ];
    return handshake(
      1,
      Buffer.concat([
        Buffer.of(3, 3),
        this.clientRandom,
        vector(1, Buffer.alloc(0)),
        vector(2, Buffer.from('009d009c003d003c0035002f00ff', 'hex')),
        vector(1, Buffer.of(0)),
        vector(2, Buffer.concat(extensions)),
      ]),
    );
  }

  #serverHello(serverRandom, extendedMasterSecret) {
    const extensions = [
      extension(0xff01, Buffer.of(0)),
      ...(extendedMasterSecret ? [extension(23, Buffer.alloc(0))] : []),
    ];
    return handshake(
      2,
      Buffer.concat([
        Buffer.of(3, 3),
        serverRandom,
        vector(1, this.#random.bytes(32)),
        Buffer.of(this.#suite >> 8, this.#suite & 255, 0),
        vector(2, Buffer.concat(extensions)),
      ]),
    );
  }
}

/** RFC 5288 §3: the explicit nonce is the sequence number. */
function sealGcm(writer, type, head, plaintext) {
  const nonce = Buffer.concat([writer.iv, head.subarray(0, 8)]);
  const cipher = createCipheriv('aes-128-gcm', writer.key, nonce).setAAD(head);
  const sealed = cipher.update(plaintext);
  cipher.final();
  return record(type, Buffer.concat([head.subarray(0, 8), sealed, cipher.getAuthTag()]));
}

/** RFC 8017 §7.2.1, with padding from the given source so that the same seed makes the same bytes. */
function encryptPreMaster(random, publicKey, preMaster) {
  const length = publicKey.asymmetricKeyDetails.modulusLength / 8;
  const block = random.bytes(length);
  for (let at = 2; at < length; at++) if (block[at] === 0) block[at] = 0x5a;
  block[0] = 0;
  block[1] = 2;
  block[length - 49] = 0;
  preMaster.copy(block, length - 48);
  return publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block);
}

/** RFC 5246 §5, with SHA-256. */
function prf(secret, label, seed, length) {
  const labelled = Buffer.concat([Buffer.from(label), seed]);
  const hmac = (data) => createHmac('sha256', secret).update(data).digest();
  const parts = [];
  let a = labelled;
  for (let made = 0; made < length; made += 32) {
    a = hmac(a);
    parts.push(hmac(Buffer.concat([a, labelled])));
  }
  return Buffer.concat(parts).subarray(0, length);
}

function sha256(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function record(type, body, version = 0x0303) {
  const bytes = Buffer.allocUnsafe(5 + body.length);
  bytes[0] = type;
  bytes.writeUInt16BE(version, 1);
  bytes.writeUInt16BE(body.length, 3);
  body.copy(bytes, 5);
  return bytes;
}

function handshake(type, body) {
  return Buffer.concat([Buffer.of(type), vector(3, body)]);
}

function extension(type, data) {
  return Buffer.concat([Buffer.of(type >> 8, type & 255), vector(2, data)]);
}

/** A length of `size` bytes, then the data. */
function vector(size, data) {
  const head = Buffer.alloc(size);
  head.writeUIntBE(data.length, 0, size);
  return Buffer.concat([head, data]);
}
