/** One decoded picture, held by FFmpeg. What is said of its size is said of the picture as players show it. */
import { type LedgerEntry, ledger, UseAfterDisposeError } from '@plateau/memory';
import { AV_FRAME_FLAG_INTERLACED, avGetPixFmtName, Frame } from './ffmpeg.ts';
import { type Rotation, swapsSides, upright } from './rotation.ts';

/** What a capture knows about a picture beyond its pixels. */
export interface FrameFacts {
  /** Seconds on the source's own time line: ascending, never null. */
  timestampSeconds: number;
  /** True where the source's time broke off ahead of this picture: no duration may be measured across it. */
  discontinuity: boolean;
  /** The decoder had to patch this picture up. */
  damaged: boolean;
  /** Why what is seen cannot be trusted, although the picture decodes: after a lost key frame, until the next good one. */
  unknownReason: string | null;
  rotation: Rotation;
}

export class VideoFrame {
  /** @internal */
  protected readonly facts: FrameFacts;
  readonly #native: Frame;
  readonly #camera: string | undefined;

  /** @internal Frames come from `VideoCapture.read` and belong to the capture: valid until its next read. */
  constructor(native: Frame, facts: FrameFacts, camera: string | undefined) {
    this.#native = native;
    this.facts = facts;
    this.#camera = camera;
  }

  /** FFmpeg's frame, for the other files of this room. @throws UseAfterDisposeError once it was let go of. */
  get native(): Frame {
    if (this.isReleased) throw new UseAfterDisposeError('a video frame');
    return this.#native;
  }

  /** Seconds on the source's own time line: ascending, never null. */
  get timestampSeconds(): number {
    return this.facts.timestampSeconds;
  }

  get discontinuity(): boolean {
    return this.facts.discontinuity;
  }

  get damaged(): boolean {
    return this.facts.damaged;
  }

  get unknownReason(): string | null {
    return this.facts.unknownReason;
  }

  /** How the stored picture has to be turned to stand as players show it. */
  get rotation(): Rotation {
    return this.facts.rotation;
  }

  /** Width in pixels of the picture as players show it. */
  get width(): number {
    return swapsSides(this.facts.rotation) ? this.native.height : this.native.width;
  }

  /** Height in pixels of the picture as players show it. */
  get height(): number {
    return swapsSides(this.facts.rotation) ? this.native.width : this.native.height;
  }

  /** Width of a pixel over its height, as players show it: other than 1 for analogue cameras, say. 1 where it is untold. */
  get pixelAspect(): number {
    const { num, den } = this.native.sampleAspectRatio;
    if (num <= 0 || den <= 0) return 1;
    return swapsSides(this.facts.rotation) ? den / num : num / den;
  }

  get interlaced(): boolean {
    return (this.native.flags & AV_FRAME_FLAG_INTERLACED) !== 0;
  }

  /** Name of the pixel format, as FFmpeg spells it: `yuv420p`. */
  get pixelFormatName(): string {
    return avGetPixFmtName(this.native.format as never) ?? 'unknown';
  }

  /** Keeps this picture beyond the next read. No pixel is copied: FFmpeg counts the references. The caller owns it. */
  clone(): KeptFrame {
    const native = new Frame();
    native.alloc();
    native.ref(this.native);
    return new KeptFrame(native, { ...this.facts }, this.#camera);
  }

  /** @internal */
  protected get isReleased(): boolean {
    return !this.#native.isVideo();
  }
}

/** A picture with an owner of its own. */
export class KeptFrame extends VideoFrame implements Disposable {
  readonly #entry: LedgerEntry;
  readonly #kept: Frame;
  #disposed = false;

  /** @internal Made by `VideoFrame.clone`. */
  constructor(native: Frame, facts: FrameFacts, camera: string | undefined) {
    super(native, facts, camera);
    this.#kept = native;
    this.#entry = ledger.track({
      kind: 'VideoFrame',
      bytes: pictureBytes(native),
      camera,
      stage: 'capture',
      siteBelow: VideoFrame.prototype.clone,
    });
  }

  protected override get isReleased(): boolean {
    return this.#disposed;
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#kept.free();
    this.#entry[Symbol.dispose]();
  }
}

/** Facts of a frame that nothing is known of yet. */
export function blankFacts(): FrameFacts {
  return {
    timestampSeconds: 0,
    discontinuity: false,
    damaged: false,
    unknownReason: null,
    rotation: upright,
  };
}

/** About how many bytes a picture takes: its lines, padding included, planes of half height counted in full. */
export function pictureBytes(native: Frame): number {
  let lines = 0;
  for (const [plane, line] of native.linesize.entries())
    lines += plane === 1 || plane === 2 ? line / 2 : line;
  return Math.round(lines * native.height);
}
