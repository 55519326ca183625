/** What nobody can be faster than: decoding alone by the ffmpeg program, and `session.run` alone. */
import { fileURLToPath } from 'node:url';
import { measureProcess } from '../harness/measured-process.ts';
import type { PeerRun } from './python-peers.ts';

/** @param frames Pictures of the clip. */
export async function runDecodeAlone(clip: string, frames: number): Promise<PeerRun> {
  const { wallSeconds, cpuSeconds, peakRssBytes } = await measureProcess({
    command: 'ffmpeg',
    args: ['-v', 'error', '-nostdin', '-threads', '1', '-i', clip, '-f', 'null', '-'],
  });
  return bare(frames, wallSeconds, cpuSeconds, peakRssBytes);
}

export async function runModelAlone(model: string, input: number, frames: number): Promise<PeerRun> {
  const file = fileURLToPath(new URL('./model-alone.ts', import.meta.url));
  const { output, cpuSeconds, peakRssBytes } = await measureProcess({
    command: process.execPath,
    args: ['--conditions=source', file, model, String(input), String(frames)],
  });
  return bare(frames, (JSON.parse(output) as { seconds: number }).seconds, cpuSeconds, peakRssBytes);
}

function bare(frames: number, seconds: number, cpuSeconds: number, peakRssBytes: number): PeerRun {
  return {
    framesPerSecond: frames / seconds,
    cpuMillisecondsPerFrame: (cpuSeconds / frames) * 1000,
    peakRssBytes,
    coverage: null,
  };
}
