import { FRAME_VERDICTS, type FrameVerdictId, NO_VERDICTS } from '../../verdict.ts';
import type { Analysis } from '../analysis.ts';

/** How many frames have which verdict. Asked for ten times a second: frames are counted once. */
export class VerdictTally {
  private readonly analysis: Analysis;
  private readonly byCode = new Float64Array(FRAME_VERDICTS.length);
  private generation = -1;
  private counted = 0;

  constructor(analysis: Analysis) {
    this.analysis = analysis;
  }

  counts(): Record<FrameVerdictId, number> {
    const { analysis, byCode } = this;
    const { frames } = analysis.structure;
    // Counted again only where the verdicts were given again.
    if (this.generation !== analysis.verdictGeneration) {
      this.generation = analysis.verdictGeneration;
      this.counted = 0;
      byCode.fill(0);
    }
    for (; this.counted < analysis.verdictsGiven; this.counted += 1) {
      const code = frames.verdict.read(this.counted);
      byCode[code] = (byCode[code] ?? 0) + 1;
    }
    const counts: Record<FrameVerdictId, number> = { ...NO_VERDICTS };
    FRAME_VERDICTS.forEach((verdict, code) => {
      counts[verdict] = byCode[code] ?? 0;
    });
    counts['not-tls'] += frames.length - this.counted;
    return counts;
  }
}
