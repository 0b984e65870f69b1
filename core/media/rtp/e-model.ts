/** How a speech codec fares: its impairment Ie, and its robustness Bpl against random loss. */
interface SpeechImpairment {
  readonly impairment: number;
  readonly robustness: number;
}

/**
 * ITU-T G.113 (11/2007) Appendix I, tables I.1 and I.4, narrow band. G.711 with the concealment of its own Appendix I, as
 * common today; AMR at its highest rate, where it is GSM-EFR (3GPP TS 26.071 §4). Wideband codecs are measured on another
 * scale (G.107.1), and Opus has no figures of the ITU: they get no estimate.
 */
const IMPAIRMENTS: ReadonlyMap<string, SpeechImpairment> = new Map([
  ['PCMU', { impairment: 0, robustness: 25.1 }],
  ['PCMA', { impairment: 0, robustness: 25.1 }],
  ['G729', { impairment: 11, robustness: 19 }],
  ['G723', { impairment: 15, robustness: 16.1 }],
  ['GSM-EFR', { impairment: 5, robustness: 10 }],
  ['AMR', { impairment: 5, robustness: 10 }],
]);

/** G.107 (06/2015) §7: the rating with every parameter at its default. */
const DEFAULT_RATING = 93.2;

/**
 * The mean opinion score that the E-model (ITU-T G.107, simplified) gives a stream: 1 to 4.5; null for a codec without
 * figures. `lossShare` is 0 to 1, taken as random loss; `delay` is one way, mouth to ear, in milliseconds.
 */
export function estimateMos(codec: string, lossShare: number, delay: number): number | null {
  const figures = IMPAIRMENTS.get(codec.toUpperCase());
  if (figures === undefined) return null;
  const loss = 100 * Math.min(1, Math.max(0, lossShare));
  const { impairment, robustness } = figures;
  // §7.5, with BurstR 1.
  const effective = impairment + ((95 - impairment) * loss) / (loss + robustness);
  return mosOfRating(DEFAULT_RATING - delayImpairment(delay) - effective);
}

/** G.107 Annex B. */
function mosOfRating(rating: number): number {
  if (rating <= 0) return 1;
  if (rating >= 100) return 4.5;
  return Math.max(1, 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating));
}

/** Idd of §7.4 (echo is taken for cancelled): nothing up to 100 ms, then the sixth roots. */
function delayImpairment(delay: number): number {
  if (delay <= 100) return 0;
  const x = Math.log2(delay / 100);
  const root = (value: number): number => (1 + value ** 6) ** (1 / 6);
  return 25 * (root(x) - 3 * root(x / 3) + 2);
}
