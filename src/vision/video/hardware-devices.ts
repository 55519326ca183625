/** The devices for decoding that a machine shows, as far as that is seen without a picture. */
import { type HardwareKind, hardwareKinds } from './decoder-choice.ts';
import { deviceFiles, HardwareDevice } from './hardware-device.ts';

export interface FoundDevice {
  readonly kind: HardwareKind;
  /** Its files, such as `/dev/dri/renderD128`; empty on systems that show none. */
  readonly files: readonly string[];
  /** Why it does not open, half a sentence; `null` where it does. */
  readonly refusal: string | null;
}

/** Opens each kind once. */
export function hardwareDevices(): readonly FoundDevice[] {
  return hardwareKinds.map((kind) => {
    const opened = HardwareDevice.open(kind);
    const files = deviceFiles(kind);
    if (typeof opened === 'string') return { kind, files, refusal: opened };
    using _device = opened;
    return { kind, files, refusal: null };
  });
}
