import { PlateauError } from '../errors.ts';
import type { AnalysisReport } from './analysis-report.ts';
import { Pipeline } from './pipeline.ts';
import type { PipelineReport } from './pipeline-report.ts';
import { RssSeries } from './rss-series.ts';
import type { CameraSettings, ModelSettings } from './settings.ts';
import { type AnalysisProgress, VideoAnalysis, type VideoFindings } from './video-analysis.ts';

export interface AnalysisOrder {
  readonly model: ModelSettings;
  readonly recordings: readonly CameraSettings[];
  /** Ends the analysis early; what has been decided by then is reported. */
  readonly signal: AbortSignal;
  onProgress(progress: AnalysisProgress): void;
}

export interface AnalysisOutcome {
  readonly reports: readonly AnalysisReport[];
  /** One for each recording that cannot be used or is cut off; a cut-off one has a report as well. */
  readonly failures: readonly unknown[];
}

/**
 * Analyses recordings one after the other through one pipeline, so that the model is loaded once.
 *
 * @throws PlateauError when the model cannot be used, or a thread failed.
 */
export async function analyzeRecordings(order: AnalysisOrder): Promise<AnalysisOutcome> {
  const rss = new RssSeries();
  let running: VideoAnalysis | undefined;
  const pipeline = await Pipeline.start(order.model, (error) => running?.abort(error));
  const findings: VideoFindings[] = [];
  const failures: unknown[] = [];
  const stopRunning = (): void => running?.finishEarly();
  order.signal.addEventListener('abort', stopRunning);
  try {
    for (const recording of order.recordings) {
      if (order.signal.aborted) break;
      running = new VideoAnalysis(pipeline, recording, rss, order.onProgress);
      try {
        const found = await running.run();
        if (found.frames.inferred === 0 && order.signal.aborted) throw stoppedTooEarly(found);
        findings.push(found);
        if (found.truncatedAt !== null) failures.push(truncated(found));
      } catch (error) {
        failures.push(error);
        // After a failed thread nothing more can come; a source that cannot be used leaves the others untouched.
        if (!(error instanceof PlateauError) || error.exitCode === 70) break;
      }
    }
  } finally {
    order.signal.removeEventListener('abort', stopRunning);
    await pipeline.stop();
  }
  const memory = describeMemory(rss, findings, await pipeline.stop());
  return { reports: findings.map((found) => ({ ...found, memory })), failures };
}

function stoppedTooEarly({ source }: VideoFindings): PlateauError {
  return new PlateauError(
    'ERR_SOURCE_NO_FRAMES',
    `${source} was stopped before its first picture was decided, so there is nothing to report; run it again, for longer.`,
  );
}

function truncated(found: VideoFindings): PlateauError {
  return new PlateauError(
    'ERR_SOURCE_TRUNCATED',
    `${found.source} ends at ${found.truncatedAt?.toFixed(1)} s, before its container says; the report covers what is there, copy the file again to get the rest.`,
  );
}

function describeMemory(
  rss: RssSeries,
  findings: readonly VideoFindings[],
  end: PipelineReport,
): AnalysisReport['memory'] {
  const frames = findings.reduce((sum, { frames: { decoded } }) => sum + decoded, 0);
  const endRssBytes = rss.sample(frames);
  return {
    peakRssBytes: rss.peakBytes,
    endRssBytes,
    slopeBytesPerFrame: Math.round(rss.slopeBytesPerFrame * 100) / 100,
    liveResources: end.ledger.live,
    unreleased: end.ledger.records.map(({ kind, camera, stage, bytes, site }) => ({
      kind,
      camera: camera ?? null,
      stage: stage ?? null,
      bytes,
      site: site ?? null,
    })),
  };
}
