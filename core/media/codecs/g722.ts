/**
 * Decoder of ITU-T G.722 (09/2012) at 64 kbit/s: two sub-bands of ADPCM, six and two bits a sample, put together by a
 * quadrature mirror filter. 16 bit linear at 16 kHz; one byte makes two samples. Names of steps are the recommendation's
 * (§3 to §6), arithmetic is its fixed point.
 */
export class G722Decoder {
  private readonly low = new SubBand(32);
  private readonly high = new SubBand(8);
  /** The last 24 values for the filter, sum and difference of the bands in turn. */
  private readonly history = new Int32Array(24);

  decode(bytes: Uint8Array, from: number, to: number): Int16Array {
    const samples = new Int16Array(2 * (to - from));
    for (let at = from, out = 0; at < to; at += 1, out += 2) this.decodeCode(bytes[at]!, samples, out);
    return samples;
  }

  private decodeCode(code: number, samples: Int16Array, out: number): void {
    const { low, high, history } = this;
    const lowCode = code & 63;
    const highCode = code >> 6;
    const lowOutput = limit(low.estimate + ((low.scale * QM6[lowCode]!) >> 15), 16_383);
    low.adapt((low.scale * QM4[lowCode >> 2]!) >> 15, WL[RL42[lowCode >> 2]!]!, 18_432, 8);
    const difference = (high.scale * QM2[highCode]!) >> 15;
    const highOutput = limit(high.estimate + difference, 16_383);
    high.adapt(difference, WH[RH2[highCode]!]!, 22_528, 10);
    history.copyWithin(0, 2);
    history[22] = lowOutput + highOutput;
    history[23] = lowOutput - highOutput;
    let first = 0;
    let second = 0;
    for (let tap = 0; tap < 12; tap += 1) {
      second += history[2 * tap]! * QMF[tap]!;
      first += history[2 * tap + 1]! * QMF[11 - tap]!;
    }
    samples[out] = saturate(first >> 11);
    samples[out + 1] = saturate(second >> 11);
  }
}

/** The adaptive quantiser and predictor of one band (§3.6, "block 4"). */
class SubBand {
  estimate = 0;
  /** Scale factor, Δ. */
  scale: number;
  private logarithm = 0;
  private zeroEstimate = 0;
  private readonly poles = new Int32Array(3);
  private readonly zeros = new Int32Array(7);
  private readonly differences = new Int32Array(7);
  private readonly partials = new Int32Array(3);
  private readonly reconstructed = new Int32Array(3);

  constructor(scale: number) {
    this.scale = scale;
  }

  adapt(difference: number, weight: number, most: number, shift: number): void {
    // LOGSCL and SCALEL, or LOGSCH and SCALEH.
    this.logarithm = Math.min(most, Math.max(0, ((this.logarithm * 127) >> 7) + weight));
    const inverse = ILB[(this.logarithm >> 6) & 31]!;
    const right = shift - (this.logarithm >> 11);
    this.scale = (right < 0 ? inverse << -right : inverse >> right) << 2;
    this.predict(difference);
  }

  private predict(difference: number): void {
    const { poles, zeros, differences, partials, reconstructed } = this;
    differences[0] = difference;
    reconstructed[0] = saturate(this.estimate + difference);
    partials[0] = saturate(this.zeroEstimate + difference);
    const sign = partials[0] >> 15;
    const same1 = sign === partials[1]! >> 15;
    const same2 = sign === partials[2]! >> 15;
    // UPPOL2
    const first = saturate(poles[1]! << 2);
    const turned = Math.min(32_767, same1 ? -first : first);
    const pole2 = limit((same2 ? 128 : -128) + (turned >> 7) + ((poles[2]! * 32_512) >> 15), 12_288, 12_288);
    // UPPOL1
    const bound = saturate(15_360 - pole2);
    const pole1 = limit(saturate((same1 ? 192 : -192) + ((poles[1]! * 32_640) >> 15)), bound, bound);
    // UPZERO
    const step = difference === 0 ? 0 : 128;
    for (let i = 1; i < 7; i += 1) {
      const same = differences[i]! >> 15 === difference >> 15;
      zeros[i] = saturate((same ? step : -step) + ((zeros[i]! * 32_640) >> 15));
    }
    // DELAYA
    differences.copyWithin(1, 0, 6);
    reconstructed.copyWithin(1, 0, 2);
    partials.copyWithin(1, 0, 2);
    poles[1] = pole1;
    poles[2] = pole2;
    // FILTEP, FILTEZ, PREDIC
    const poleEstimate = saturate(
      ((pole1 * saturate(2 * reconstructed[1]!)) >> 15) + ((pole2 * saturate(2 * reconstructed[2]!)) >> 15),
    );
    let sum = 0;
    for (let i = 6; i > 0; i -= 1) sum += (zeros[i]! * saturate(2 * differences[i]!)) >> 15;
    this.zeroEstimate = saturate(sum);
    this.estimate = saturate(poleEstimate + this.zeroEstimate);
  }
}

function saturate(value: number): number {
  return value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;
}

/** From −least to `most`; of band outputs the least is one below the negative of the most. */
function limit(value: number, most: number, least = most + 1): number {
  return value > most ? most : value < -least ? -least : value;
}

/** Tables of the recommendation: inverse quantisers, adaptation of scale factors, filter taps. */
const QM2 = Int16Array.of(-7408, -1616, 7408, 1616);
const QM4 = Int16Array.of(
  ...[0, -20456, -12896, -8968, -6288, -4240, -2584, -1200],
  ...[20456, 12896, 8968, 6288, 4240, 2584, 1200, 0],
);
const QM6 = Int16Array.of(
  ...[-136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360],
  ...[-8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032],
  ...[-1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360],
  ...[8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360],
  ...[1040, 728, 432, 136, -432, -136],
);
const WL = Int16Array.of(-60, -30, 58, 172, 334, 538, 1198, 3042);
const RL42 = Uint8Array.of(0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0);
const WH = Int16Array.of(0, -214, 798);
const RH2 = Uint8Array.of(2, 1, 2, 1);
const ILB = Int16Array.of(
  ...[2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834],
  ...[2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008],
);
const QMF = Int16Array.of(3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11);
