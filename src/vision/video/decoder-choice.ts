/**
 * Who decodes pictures: FFmpeg in software; a kind of hardware; or `auto`, the first kind that this machine has.
 */
export const decoderChoices = ['auto', 'software', 'vaapi', 'cuda', 'v4l2m2m'] as const;

export type DecoderChoice = (typeof decoderChoices)[number];

export type HardwareKind = Exclude<DecoderChoice, 'auto' | 'software'>;

/** In the order in which `auto` tries them. */
export const hardwareKinds: readonly HardwareKind[] = ['cuda', 'vaapi', 'v4l2m2m'];
