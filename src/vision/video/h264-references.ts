/**
 * Follows H.264 frame numbers from packet to packet, to notice that pictures which others refer to never arrived. The
 * decoder says nothing of it: it copies an older picture in the missing one's place and smears from there on.
 *
 * Source: ITU-T H.264, 7.3.2.1.1 (sequence parameters), 7.3.3 (slice header), 7.4.3 (frame_num).
 */
import { BitReader } from './bit-reader.ts';

interface SequenceParameters {
  readonly frameNumberBits: number;
  readonly gapsAllowed: boolean;
  readonly separateColors: boolean;
  readonly framesOnly: boolean;
  /** 0 where the slices carry no order of presentation. */
  readonly orderBits: number;
}

/** How far a stream's order of presentation steps from one packet to the next, in counts; seen so far. */
interface OrderSteps {
  previous: number | undefined;
  least: number;
  most: number;
}

/**
 * `lost`: pictures before this one are missing. `found`: the `lost` just before was a damaged number, since this picture
 * goes on from where the stream was. `whole`: nothing is missing.
 */
export type ReferenceVerdict = 'whole' | 'lost' | 'found';

const nal = { slice: 1, keySlice: 5, sequence: 7 } as const;
const highProfiles: ReadonlySet<number> = new Set([
  100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
]);

export class H264References {
  readonly #lengthBytes: number | undefined;
  #parameters: SequenceParameters | undefined;
  #previous: number | undefined;
  #beforeLoss: number | undefined;
  readonly #reader = new BitReader(new Uint8Array(0), 0, 0);
  #sinceKey = 0;
  readonly #order: OrderSteps = { previous: undefined, least: 0, most: 0 };
  #time: number | undefined;
  #timeStep = 0;
  #late = false;

  /** @param extradata The stream's own: avcC (MP4, Matroska) or Annex B; null where all is in the packets. */
  constructor(extradata: Uint8Array | null) {
    if (extradata !== null && extradata.length > 6 && extradata[0] === 1) {
      this.#lengthBytes = ((extradata[4] as number) & 3) + 1;
      const length = ((extradata[6] as number) << 8) | (extradata[7] as number);
      this.#parameters = readSequence(extradata, 8, Math.min(extradata.length, 8 + length));
    } else if (extradata !== null) {
      this.follow(extradata);
    }
  }

  /**
   * @param packet Borrowed for the call.
   * @param decodingSeconds The packet's decoding time, where it has one.
   */
  follow(packet: Uint8Array, decodingSeconds?: number): ReferenceVerdict {
    const step = decodingSeconds === undefined || this.#time === undefined ? 0 : decodingSeconds - this.#time;
    this.#late = this.#timeStep > 0 && step > 1.7 * this.#timeStep;
    this.#time = decodingSeconds;
    this.#timeStep = step;
    if (this.#lengthBytes === undefined) return this.#followStartCodes(packet);
    return this.#followLengths(packet, this.#lengthBytes);
  }

  #followLengths(packet: Uint8Array, lengthBytes: number): ReferenceVerdict {
    for (let at = 0; at + lengthBytes < packet.length; ) {
      let length = 0;
      for (let i = 0; i < lengthBytes; i += 1) length = length * 256 + (packet[at + i] as number);
      const start = at + lengthBytes;
      const end = Math.min(packet.length, start + length);
      const verdict = this.#unit(packet, start, end);
      if (verdict !== undefined) return verdict;
      at = start + length;
    }
    return 'whole';
  }

  #followStartCodes(packet: Uint8Array): ReferenceVerdict {
    let at = nextStart(packet, 0);
    while (at < packet.length) {
      const type = (packet[at] as number) & 31;
      // The first slice tells all: what comes behind it in the packet, its long body included, is not searched.
      const isSlice = type === nal.slice || type === nal.keySlice;
      const next = isSlice ? packet.length : nextStart(packet, at);
      const verdict = this.#unit(packet, at, next);
      if (verdict !== undefined) return verdict;
      at = next;
    }
    return 'whole';
  }

  /** @returns the verdict of a slice, or undefined for every other unit. */
  #unit(bytes: Uint8Array, start: number, end: number): ReferenceVerdict | undefined {
    if (start >= end) return undefined;
    const header = bytes[start] as number;
    const type = header & 31;
    if (type === nal.sequence) this.#parameters = readSequence(bytes, start, end) ?? this.#parameters;
    if (type !== nal.slice && type !== nal.keySlice) return undefined;
    if (this.#parameters === undefined) return 'whole';
    return this.#slice(
      this.#reader.begin(bytes, start + 1, end),
      type === nal.keySlice,
      (header >> 5) & 3,
      this.#parameters,
    );
  }

  #slice(
    reader: BitReader,
    isKey: boolean,
    importance: number,
    parameters: SequenceParameters,
  ): ReferenceVerdict {
    reader.unsigned(); // first_mb_in_slice
    reader.unsigned(); // slice_type
    reader.unsigned(); // pic_parameter_set_id
    if (parameters.separateColors) reader.bits(2);
    const number = reader.bits(parameters.frameNumberBits);
    const field = !parameters.framesOnly && reader.bit() === 1;
    if (field) reader.bit(); // bottom_field_flag
    if (isKey) reader.unsigned(); // idr_pic_id
    const order = parameters.orderBits === 0 ? undefined : reader.bits(parameters.orderBits);
    if (reader.exhausted) return 'whole';
    const outOfOrder = this.#followOrder(order, parameters.orderBits, isKey);
    this.#sinceKey = isKey ? 0 : this.#sinceKey + 1;
    const previous = this.#previous;
    const beforeLoss = this.#beforeLoss;
    this.#beforeLoss = undefined;
    const isReference = isKey || importance !== 0;
    if (isReference) this.#previous = number;
    if (isKey || previous === undefined || parameters.gapsAllowed) return 'whole';
    const range = 2 ** parameters.frameNumberBits;
    if (!this.#isLoss((number - previous + range) % range, number, isReference, outOfOrder, parameters)) {
      return 'whole';
    }
    const sinceLoss = beforeLoss === undefined ? 0 : (number - beforeLoss + range) % range;
    if (sinceLoss === 1 || sinceLoss === 2) return 'found';
    this.#beforeLoss = previous;
    return 'lost';
  }

  #isLoss(
    step: number,
    number: number,
    isReference: boolean,
    outOfOrder: boolean | undefined,
    parameters: SequenceParameters,
  ): boolean {
    // Two fields of one frame share its number; so do a reference and what nobody refers to after it.
    if (step === 0) return isReference && parameters.framesOnly;
    if (step !== 1) return true;
    // After a lost key frame the numbers start again at 1. Where the old ones had just come round to 0 that looks like
    // no loss: the order of presentation tells then, or, without it, that the packet is late.
    const cameRound = number === 1 && this.#sinceKey >= 2 ** parameters.frameNumberBits;
    return cameRound && (outOfOrder ?? this.#late);
  }

  /** @returns whether this step is unlike all before; undefined where there is no order to compare. */
  #followOrder(order: number | undefined, bits: number, isKey: boolean): boolean | undefined {
    const steps = this.#order;
    const before = steps.previous;
    steps.previous = order;
    if (order === undefined || before === undefined) return undefined;
    if (isKey) return false;
    const range = 2 ** bits;
    let step = (order - before + range) % range;
    if (step > range / 2) step -= range;
    const unlike = step < steps.least - 2 || step > steps.most + 2;
    if (!unlike || this.#sinceKey < 16) {
      steps.least = Math.min(steps.least, step);
      steps.most = Math.max(steps.most, step);
    }
    return unlike;
  }
}

/** Position after the next start code 00 00 01, or the length. */
function nextStart(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 3 <= bytes.length; at += 1) {
    if (bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1) return at + 3;
  }
  return bytes.length;
}

function readSequence(bytes: Uint8Array, start: number, end: number): SequenceParameters | undefined {
  const reader = new BitReader(bytes, start + 1, end);
  const profile = reader.bits(8);
  reader.bits(16); // constraint flags, level_idc
  reader.unsigned(); // seq_parameter_set_id
  let separateColors = false;
  if (highProfiles.has(profile)) {
    const chroma = reader.unsigned();
    if (chroma === 3) separateColors = reader.bit() === 1;
    reader.unsigned(); // bit_depth_luma_minus8
    reader.unsigned(); // bit_depth_chroma_minus8
    reader.bit(); // qpprime_y_zero_transform_bypass_flag
    if (reader.bit() === 1) skipScalingLists(reader, chroma === 3 ? 12 : 8);
  }
  const frameNumberBits = reader.unsigned() + 4;
  const orderType = reader.unsigned();
  const orderBits = orderType === 0 ? reader.unsigned() + 4 : 0;
  if (orderType === 1) {
    reader.bit();
    reader.signed();
    reader.signed();
    const cycle = reader.unsigned();
    for (let i = 0; i < cycle && !reader.exhausted; i += 1) reader.signed();
  }
  reader.unsigned(); // max_num_ref_frames
  const gapsAllowed = reader.bit() === 1;
  reader.unsigned(); // pic_width_in_mbs_minus1
  reader.unsigned(); // pic_height_in_map_units_minus1
  const framesOnly = reader.bit() === 1;
  if (reader.exhausted || frameNumberBits > 16 || orderBits > 16) return undefined;
  return { frameNumberBits, gapsAllowed, separateColors, framesOnly, orderBits };
}

function skipScalingLists(reader: BitReader, count: number): void {
  for (let list = 0; list < count && !reader.exhausted; list += 1) {
    if (reader.bit() === 0) continue;
    const size = list < 6 ? 16 : 64;
    let last = 8;
    let next = 8;
    for (let i = 0; i < size && !reader.exhausted; i += 1) {
      if (next !== 0) next = (last + reader.signed() + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}
