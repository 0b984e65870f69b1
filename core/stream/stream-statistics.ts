/** What one direction of a TCP conversation went through, for the report on the capture's quality. */
export interface StreamStatistics {
  /** Segments with payload, and bytes of them that were delivered. */
  segments: number;
  deliveredBytes: number;
  /** Segments that brought bytes seen before, and how many such bytes. */
  retransmittedSegments: number;
  retransmittedBytes: number;
  /**
   * Those of them that repeat the segment directly before, header and all: more likely a frame captured twice than one
   * sent twice.
   */
  duplicateSegments: number;
  /** Segments that filled a hole behind bytes already seen. */
  outOfOrderSegments: number;
  /** Holes given up, bytes lost in them, and bytes that the snap length had cut off and nothing brought. */
  holes: number;
  lostBytes: number;
  snappedBytes: number;
  /** Segments that were captured cut. */
  snappedSegments: number;
  /** Segments that came for a hole already given up, before the stream's beginning or behind its end. */
  lateSegments: number;
  /** Segments whose number is too far from the stream's to belong to it. */
  straySegments: number;
  /**
   * Segments whose repeated bytes differ from those seen first, and the first such frame. Held bytes are compared
   * whole, delivered ones by eight samples a segment: none counted is no proof that none differed.
   */
  differingSegments: number;
  firstDifferingFrame: number;
  /** Segments with which this side announced that it cannot take more (window 0). */
  zeroWindows: number;
  /** Single bytes sent to probe the other side's closed window. */
  zeroWindowProbes: number;
  keepAlives: number;
}

export function createStreamStatistics(): StreamStatistics {
  return {
    segments: 0,
    deliveredBytes: 0,
    retransmittedSegments: 0,
    retransmittedBytes: 0,
    duplicateSegments: 0,
    outOfOrderSegments: 0,
    holes: 0,
    lostBytes: 0,
    snappedBytes: 0,
    snappedSegments: 0,
    lateSegments: 0,
    straySegments: 0,
    differingSegments: 0,
    firstDifferingFrame: 0,
    zeroWindows: 0,
    zeroWindowProbes: 0,
    keepAlives: 0,
  };
}
