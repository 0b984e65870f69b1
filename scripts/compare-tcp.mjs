/**
 * Puts recorded bytes into TCP packets, does to them what networks and captures do, and writes the capture. What of each
 * stream is then still there is known exactly.
 */

const FIN = 1;
const SYN = 2;
const PSH = 8;
const ACK = 16;

/** Servers listen here, clients come from FIRST_CLIENT_PORT on, one port a connection. */
export const SERVER_PORT = 5061;
export const FIRST_CLIENT_PORT = 40001;

/**
 * @typedef {{ connection: number, direction: 0 | 1, position: number, data: Buffer, flags: number, acknowledgement: number,
 *   captured: number }} Packet `position`: of its first byte in the direction's stream (the SYN stands at -1);
 *   `captured`: how many bytes of `data` the capture holds
 */

/** The packets of a scene, in order: handshakes of TCP, segments of random sizes, acknowledgements, goodbyes. */
export function packetsOf(scene, random) {
  return scene.connections.flatMap(({ chunks }, connection) => {
    const largest = random.pick([200, 536, 1200, 1460, 1460]);
    const sent = [0, 0];
    const packets = [];
    const add = (direction, flags, position, data = EMPTY) =>
      packets.push({
        connection,
        direction,
        position,
        data,
        flags,
        acknowledgement: sent[1 - direction],
        captured: data.length,
      });
    add(0, SYN, -1);
    add(1, SYN | ACK, -1);
    add(0, ACK, 0);
    for (const { direction, data } of joined(chunks, random)) {
      for (let at = 0; at < data.length;) {
        const size = random.chance(0.2) ? random.between(1, largest) : largest;
        const part = data.subarray(at, at + size);
        add(direction, PSH | ACK, sent[direction], part);
        sent[direction] += part.length;
        at += part.length;
        if (random.chance(0.4)) add(1 - direction, ACK, sent[1 - direction]);
      }
    }
    add(0, FIN | ACK, sent[0]);
    add(1, FIN | ACK, sent[1]);
    add(0, ACK, sent[0] + 1);
    return packets;
  });
}

const EMPTY = Buffer.alloc(0);

/** Neighbouring chunks of one direction often leave together. */
function joined(chunks, random) {
  const flights = [];
  for (const { direction, data } of chunks) {
    const bytes = Buffer.from(data, 'base64');
    const last = flights.at(-1);
    if (last?.direction === direction && random.chance(0.5)) last.data = Buffer.concat([last.data, bytes]);
    else flights.push({ direction, data: bytes });
  }
  return flights;
}

/** What may be done to packets. Each takes them, a source of randomness, and gives new ones. */
export const MUTATIONS = {
  none: (packets) => packets,

  /** Packets overtake each other, a few places; nobody is seen to answer what was not yet seen sent. */
  reorder(packets, random) {
    const result = [...packets];
    for (let i = result.length - 2; i >= 0; i--) {
      if (!random.chance(0.15)) continue;
      const packet = result[i];
      let to = i;
      for (let left = random.between(1, 6); left > 0 && mayPass(packet, result[to + 1]); left--) to++;
      result.splice(i, 1);
      result.splice(to, 0, packet);
    }
    return result;
  },

  /** Packets of both directions overtake each other, as captures from several queues of a network card have them. */
  'reorder-across': (packets, random) => shuffled(packets, random),

  /** The SYNs and the first data come up to twenty packets late: more than captures do. */
  'late-opening'(packets, random) {
    const keyed = packets.map((packet, i) => {
      const opens = (packet.flags & SYN) !== 0 || (packet.position === 0 && packet.data.length > 0);
      const [probability, most] = opens ? [0.6, 20] : [0.1, 6];
      return { packet, key: i + (random.chance(probability) ? random.between(1, most) + 0.5 : 0) };
    });
    return keyed.sort((a, b) => a.key - b.key).map(({ packet }) => packet);
  },

  /** Packets come twice, at once or later. */
  duplicate(packets, random) {
    return insertLater(packets, random, 0.15, (packet) => packet);
  },

  /** Retransmissions cut otherwise than the first time: they overlap. */
  overlap(packets, random) {
    return insertLater(packets, random, 0.2, (packet, before) => {
      const sameStream = (one) => one.connection === packet.connection && one.direction === packet.direction;
      const previous = before.findLast(
        (one) => sameStream(one) && one.position + one.data.length === packet.position,
      );
      if (previous === undefined || previous.captured < previous.data.length) return packet;
      const back = random.below(previous.data.length + 1);
      const data = Buffer.concat([previous.data.subarray(previous.data.length - back), packet.data]);
      return { ...packet, position: packet.position - back, data, captured: data.length };
    });
  },

  /** Single packets are missing, after the first handshake. */
  lose: (packets, random) => withoutSome(packets, random, 0.08, AFTER_HANDSHAKE),

  /** A run of packets is missing, after the first handshake. */
  burst: (packets, random) => withoutRun(packets, random, random.between(2, 40), AFTER_HANDSHAKE),

  /** Packets are cut short by the capture, after the first handshake. */
  cut(packets, random) {
    const first = firstAfterHandshake(packets);
    return packets.map((packet, i) =>
      i >= first && packet.data.length > 0 && random.chance(0.1)
        ? { ...packet, captured: random.below(packet.data.length) }
        : packet,
    );
  },

  /** The capture's snap length is too small for all. */
  snap(packets, random) {
    const most = random.pick([60, 200, 500, 1000]);
    return packets.map((packet) => ({ ...packet, captured: Math.min(packet.captured, most) }));
  },

  /** Packets are missing anywhere. */
  'lose-anywhere': (packets, random) => withoutSome(packets, random, 0.08, () => 0),

  /** The capture begins late. */
  late: (packets, random) => packets.slice(random.between(1, Math.max(1, Math.floor(packets.length * 0.6)))),

  /** The capture ends early. */
  early: (packets, random) =>
    packets.slice(0, random.between(Math.floor(packets.length * 0.4), packets.length - 1)),

  /** One direction was not captured, from some place on. */
  'one-direction'(packets, random) {
    const direction = random.below(2);
    const from = random.chance(0.5) ? 0 : random.below(packets.length);
    return packets.filter((packet, i) => i < from || packet.direction === direction);
  },

  /** Bits flip on the way. */
  corrupt(packets, random) {
    const first = firstAfterHandshake(packets);
    return packets.map((packet, i) => {
      if (i < first || packet.data.length === 0 || !random.chance(0.06)) return packet;
      const data = Buffer.from(packet.data);
      data[random.below(data.length)] ^= 1 << random.below(8);
      return { ...packet, data, corrupted: true };
    });
  },
};

/** A packet cannot come after one that acknowledges it. */
function mayPass(packet, other) {
  if (other === undefined) return false;
  const answers = other.connection === packet.connection && other.direction !== packet.direction;
  return !answers || other.acknowledgement <= packet.position;
}

/** Some move a few places back. */
function shuffled(packets, random) {
  const keyed = packets.map((packet, i) => ({
    packet,
    key: i + (random.chance(0.15) ? random.between(1, 6) + 0.5 : 0),
  }));
  return keyed.sort((a, b) => a.key - b.key).map(({ packet }) => packet);
}

function insertLater(packets, random, probability, make) {
  const result = [];
  const waiting = [];
  packets.forEach((packet, i) => {
    result.push(packet);
    if (packet.data.length > 0 && random.chance(probability))
      waiting.push({ due: i + random.between(0, 12), copy: make(packet, packets.slice(0, i)) });
    for (let at = waiting.length - 1; at >= 0; at--)
      if (waiting[at].due <= i) result.push(...waiting.splice(at, 1).map(({ copy }) => copy));
  });
  return [...result, ...waiting.map(({ copy }) => copy)];
}

function withoutSome(packets, random, probability, first) {
  const from = first(packets);
  return packets.filter((packet, i) => i < from || packet.data.length === 0 || !random.chance(probability));
}

function withoutRun(packets, random, length, first) {
  const from = first(packets);
  const start = random.between(from, Math.max(from, packets.length - 4));
  return packets.filter((packet, i) => i < start || i >= start + length || packet.data.length === 0);
}

const AFTER_HANDSHAKE = firstAfterHandshake;

/** The first packet of which both sides have sent two flights before: past any first handshake's end, roughly. */
function firstAfterHandshake(packets) {
  let turns = 0;
  let last = -1;
  for (const [i, { direction, data, connection }] of packets.entries()) {
    if (connection > 0) return i;
    if (data.length === 0) continue;
    if (direction !== last && ++turns > 4) return i;
    last = direction;
  }
  return packets.length;
}

/**
 * A classic pcap of the packets (Ethernet, IPv4), in this order. Checksums are left unset, as offloading leaves them.
 * @returns {Buffer}
 */
export function captureOf(packets, random) {
  const isns = new Map();
  const isnOf = (connection, direction) => {
    const key = `${connection} ${direction}`;
    // Some wrap round within the connection.
    if (!isns.has(key))
      isns.set(key, random.chance(0.2) ? 0x1_0000_0000 - random.between(1, 4000) : random.word());
    return isns.get(key);
  };
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(262144, 16);
  head.writeUInt32LE(1, 20);
  const parts = [head];
  let microseconds = 0;
  for (const packet of packets) {
    microseconds += random.between(10, 3000);
    parts.push(frameOf(packet, isnOf, microseconds));
  }
  return Buffer.concat(parts);
}

function frameOf(packet, isnOf, microseconds) {
  const { connection, direction, position, data, flags, captured } = packet;
  const frame = Buffer.alloc(16 + 54 + captured);
  frame.writeUInt32LE(1_800_000_000 + Math.floor(microseconds / 1e6), 0);
  frame.writeUInt32LE(microseconds % 1e6, 4);
  frame.writeUInt32LE(54 + captured, 8);
  frame.writeUInt32LE(54 + data.length, 12);
  frame.writeUInt16BE(0x0800, 28);
  frame.writeUInt16BE(0x4500, 30);
  frame.writeUInt16BE(40 + data.length, 32);
  frame.writeUInt16BE(0x4006, 38);
  const [client, server] = [
    [0x0a000001, FIRST_CLIENT_PORT + connection],
    [0x0a000002, SERVER_PORT],
  ];
  const [from, to] = direction === 0 ? [client, server] : [server, client];
  frame.writeUInt32BE(from[0], 42);
  frame.writeUInt32BE(to[0], 46);
  frame.writeUInt16BE(from[1], 50);
  frame.writeUInt16BE(to[1], 52);
  frame.writeUInt32BE((isnOf(connection, direction) + 1 + position) % 0x1_0000_0000, 54);
  const acknowledged = (isnOf(connection, 1 - direction) + 1 + packet.acknowledgement) % 0x1_0000_0000;
  frame.writeUInt32BE(flags & ACK ? acknowledged : 0, 58);
  frame.writeUInt16BE(0x5000 | flags, 62);
  frame.writeUInt16BE(0xffff, 64);
  data.copy(frame, 70, 0, captured);
  return frame;
}

/** Which bytes of a direction's stream the packets hold, unharmed: true for a whole range. */
export function coverageOf(packets, connection, direction) {
  const own = packets.filter((packet) => packet.connection === connection && packet.direction === direction);
  const length = Math.max(0, ...own.map(({ position, data }) => position + data.length));
  const held = new Uint8Array(length);
  for (const { position, captured } of own) if (captured > 0) held.fill(1, position, position + captured);
  // Where copies disagree nobody can know which is right.
  for (const { position, captured, corrupted } of own)
    if (corrupted && captured > 0) held.fill(0, position, position + captured);
  return (from, to) => to <= length && !held.subarray(from, to).includes(0);
}
