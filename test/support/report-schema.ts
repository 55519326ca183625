/** The reports as the contract promises them. A field that is added is added here as well; none is taken away. */
import { z } from 'zod';

const bytes = z.int().min(0);
const seconds = z.number().min(0);
const fraction = z.number().min(0).max(1);

export const analysisReport = z.strictObject({
  schema: z.literal('plateau.report/1'),
  source: z.string(),
  model: z.strictObject({
    file: z.string(),
    classes: z.array(z.string()).min(1),
    /** [height, width] */
    input: z.tuple([z.int().positive(), z.int().positive()]),
    layout: z.string(),
    threads: z.int().positive(),
    threadTimings: z.array(
      z.strictObject({ threads: z.int().positive(), milliseconds: z.number().positive() }),
    ),
  }),
  device: z.enum(['cpu', 'webgpu', 'cuda']),
  frames: z.strictObject({ decoded: bytes, inferred: bytes, dropped: bytes, damaged: bytes }),
  seconds: z.strictObject({
    video: seconds,
    wall: seconds,
    decode: seconds,
    inference: seconds,
    postprocess: seconds,
  }),
  truncatedAt: seconds.nullable(),
  warnings: z.array(z.string()),
  zones: z
    .array(
      z.strictObject({
        name: z.string(),
        coverage: z.array(z.tuple([z.number(), fraction.nullable()])).min(1),
        events: z.array(
          z.strictObject({ type: z.enum(['blocked', 'cleared']), t: z.number(), coverage: fraction }),
        ),
      }),
    )
    .min(1),
  memory: z.strictObject({
    peakRssBytes: bytes,
    endRssBytes: bytes,
    slopeBytesPerFrame: z.number(),
    liveResources: bytes,
    unreleased: z.array(
      z.strictObject({
        kind: z.string(),
        camera: z.string().nullable(),
        stage: z.string().nullable(),
        bytes,
        site: z.string().nullable(),
      }),
    ),
  }),
});

export type CheckedReport = z.output<typeof analysisReport>;
export const analysisReports = z.strictObject({ reports: z.array(analysisReport).min(1) });
