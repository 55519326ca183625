import { type DecoderChoice, decoderChoices } from './decoder-choice.ts';
import { requireOneOf } from './require-one-of.ts';
import { requireWithin } from './require-within.ts';
import { type Transport, transports } from './stream-connection.ts';

/** How a source is opened and read. */
export interface VideoCaptureOptions {
  /** Ends opening and reading; the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Name of the camera in the ledger. */
  readonly camera?: string;
  /** How RTSP carries pictures. `auto` (the default) tries TCP, then UDP. */
  readonly transport?: Transport;
  /** Time limit of each step of opening and of each read of what is no regular file. 5 by default. */
  readonly timeoutSeconds?: number;
  /** Begin a recording again at its end; times go on ascending. */
  readonly loop?: boolean;
  /** Decoding threads; each takes pictures of its own. 1 by default. */
  readonly decoderThreads?: number;
  /** Who decodes; `software` by default. Where hardware cannot, software does, and `warnings` has the reason. */
  readonly decoder?: DecoderChoice;
  /** Called once, with one masked sentence, where software has to decode instead of what `decoder` names. */
  readonly onSoftware?: (reason: string) => void;
  /** Pictures a second of a folder, which has no time of its own. 25 by default. */
  readonly folderFrameRate?: number;
}

/** Rate of what tells none. */
export const usualFrameRate = 25;

/** The options with what they leave out. @throws RangeError for one that is none */
export function completeOptions(options: VideoCaptureOptions) {
  const { transport = 'auto', timeoutSeconds = 5, decoderThreads = 1, loop = false } = options;
  const { decoder = 'software', folderFrameRate = usualFrameRate } = options;
  // What a timer cannot hold ends it at once, and times would stand still or be none.
  requireOneOf('transport', transport, transports);
  requireOneOf('decoder', decoder, decoderChoices);
  requireWithin('timeoutSeconds', timeoutSeconds, 0.001, 86_400);
  requireWithin('decoderThreads', decoderThreads, 0, 64);
  requireWithin('folderFrameRate', folderFrameRate, 0.001, 1000);
  return { ...options, transport, timeoutSeconds, decoderThreads, loop, decoder, folderFrameRate };
}

/** With every default filled in. */
export type CompleteOptions = ReturnType<typeof completeOptions>;
