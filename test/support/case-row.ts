/** A row of the table of awkward inputs: what is made, what is asked, what is right. */
import { type Analysis, analyze } from './analyze-program.ts';
import { Workbench } from './ffmpeg-program.ts';

export interface CaseRow {
  /** Number of the row in the table that the project collects from public threads, and the fact that holds. */
  readonly title: string;
  /** Makes the source and answers its path. */
  readonly make: (bench: Workbench) => string;
  readonly args?: readonly string[] | ((bench: Workbench) => readonly string[]);
  /** Expected exit code; 0 where none is given. */
  readonly code?: number;
  readonly right: (analysis: Analysis, bench: Workbench) => void | Promise<void>;
}

/** Makes, analyses and judges one row. */
export async function runCase({ make, args = [], right }: CaseRow): Promise<void> {
  using bench = new Workbench();
  const source = make(bench);
  const analysis = await analyze(source, typeof args === 'function' ? args(bench) : args);
  await right(analysis, bench);
}
