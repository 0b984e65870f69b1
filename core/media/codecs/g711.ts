/** G.711 (ITU-T G.711, 1988) to 16 bit linear: one table for each law, built once. */
export function muLawSample(code: number): number {
  return MU_LAW[code & 0xff]!;
}

export function aLawSample(code: number): number {
  return A_LAW[code & 0xff]!;
}

/** µ-law: bits are sent inverted; sign, three bits of segment, four of step (G.711 table 2). */
function expandMuLaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 15) << 3) + MU_BIAS) << ((bits >> 4) & 7)) - MU_BIAS;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
}

/** A-law: even bits are sent inverted; the lowest segment is linear (G.711 table 1). */
function expandALaw(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = ((bits & 15) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return (bits & 0x80) === 0 ? -magnitude : magnitude;
}

const MU_BIAS = 0x84;
const MU_LAW = Int16Array.from({ length: 256 }, (_, code) => expandMuLaw(code));
const A_LAW = Int16Array.from({ length: 256 }, (_, code) => expandALaw(code));
