/** Damages clips on purpose, on their bytes. */

const packetBytes = 188;
/** FFmpeg's muxer gives the first stream this number. */
const pictureStream = 256;

/** Flips one byte in `every`, from `from` on. */
export function flipBytes(bytes: Uint8Array, from: number, every: number): Uint8Array {
  const damaged = Uint8Array.from(bytes);
  for (let at = from; at < damaged.length; at += every) damaged[at] = (damaged[at] as number) ^ 0xff;
  return damaged;
}

/** Leaves out the whole key frame number `which` (0 is the first) of an MPEG-TS, or all of it but its head. */
export function dropKeyFrame(bytes: Uint8Array, which: number, { keepHead = false } = {}): Uint8Array {
  const packets: Uint8Array[] = [];
  for (let at = 0; at + packetBytes <= bytes.length; at += packetBytes) {
    packets.push(bytes.subarray(at, at + packetBytes));
  }
  const ours = (packet: Uint8Array) =>
    ((((packet[1] as number) & 0x1f) << 8) | (packet[2] as number)) === pictureStream;
  const starts = packets.flatMap((packet, index) =>
    ours(packet) && (packet[1] as number) & 0x40 ? [index] : [],
  );
  // The adaptation field marks a packet at which decoding may begin.
  const keys = starts.filter((index) => {
    const packet = packets[index] as Uint8Array;
    return (packet[3] as number) & 0x20 && (packet[4] as number) > 0 && (packet[5] as number) & 0x40;
  });
  const key = keys[which] as number;
  const end = starts.find((index) => index > key) ?? packets.length;
  const from = keepHead ? key + 2 : key;
  return Buffer.concat(packets.filter((packet, index) => index < from || index >= end || !ours(packet)));
}

/** The units of an H.264 stream with start codes, each with its start code. */
export function splitUnits(bytes: Uint8Array): { readonly type: number; readonly bytes: Uint8Array }[] {
  const starts: number[] = [];
  for (let at = 0; at + 3 < bytes.length; at += 1) {
    if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) continue;
    starts.push(at > 0 && bytes[at - 1] === 0 ? at - 1 : at);
  }
  return starts.map((start, index) => {
    const unit = bytes.subarray(start, starts[index + 1] ?? bytes.length);
    const header = unit[unit[2] === 1 ? 3 : 4] as number;
    return { type: header & 31, bytes: unit };
  });
}

/** Leaves out unit number `which` of those of a type. */
export function dropUnit(bytes: Uint8Array, type: number, which: number): Uint8Array {
  let seen = -1;
  const kept = splitUnits(bytes).filter((unit) => {
    if (unit.type !== type) return true;
    seen += 1;
    return seen !== which;
  });
  return Buffer.concat(kept.map((unit) => unit.bytes));
}
