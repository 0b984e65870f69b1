import { isBlockLinkType } from '../../capture/captured-block.ts';
import { isSupportedLinkType, nameOfLinkType } from '../../net/tables/link-types.ts';

/** Frames of link types that are not read: nothing in them is decoded, and that is said. */
export class UnreadLinkTypes {
  private readonly counts = new Map<number, number>();
  private last = -1;
  private lastIsRead = true;

  /** Of each frame; its LINKTYPE_ value, 0..65,535. */
  see(linkType: number): void {
    if (linkType !== this.last) {
      this.last = linkType;
      this.lastIsRead = isSupportedLinkType(linkType) || isBlockLinkType(linkType);
    }
    if (!this.lastIsRead) this.counts.set(linkType, (this.counts.get(linkType) ?? 0) + 1);
  }

  /** One sentence, null where every frame's link type is read. */
  describe(): string | null {
    const [first, ...more] = [...this.counts].sort(([, left], [, right]) => right - left);
    if (first === undefined) return null;
    const frames = [first, ...more].reduce((sum, [, count]) => sum + count, 0);
    const names = [first, ...more].slice(0, NAMED).map(([linkType]) => nameOfLinkType(linkType));
    const others = more.length + 1 - names.length;
    if (others > 0) names.push(`${others} more`);
    return (
      `${frames === 1 ? '1 frame is' : `${frames} frames are`} of a link type that is not read (${names.join(', ')}): ` +
      'nothing inside can be shown. Capture on an Ethernet or IP interface, or have Wireshark export what is inside as PDUs.'
    );
  }
}

const NAMED = 3;
