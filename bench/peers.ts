/**
 * `plateau analyze` beside other ways to the same figures: the same file, the same ONNX, one inference thread each,
 * taking turns. `npm run build` first: the built command is measured, as users get it.
 * `node --conditions=source bench/peers.ts [--frames 300] [--rounds 3] [--inputs 320] [--sizes 640x480,1920x1080]
 * [--ultralytics PYTHON]` (an interpreter that can import ultralytics; it is AGPL-3.0 and never installed from here).
 * Goals over the OpenCV loop: at least 1.1 times its pictures a second at 640x480, 1.6 times at 1080p, at no more peak RSS.
 */
import { parseArgs } from 'node:util';
import { alternate } from './harness/alternate.ts';
import { Clips } from './harness/clips.ts';
import { report } from './harness/results.ts';
import { pairedRatio, spreadOf } from './harness/statistics.ts';
import { table, withSpread } from './harness/table.ts';
import { yolov8nShapeFile } from './models/yolov8n-shape.ts';
import { runAnalyze } from './peers/plateau-analyze.ts';
import { canImport, opencvPython, type PeerRun, runPythonPeer } from './peers/python-peers.ts';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '3' },
    inputs: { type: 'string', default: '320' },
    sizes: { type: 'string', default: '640x480,1920x1080' },
    model: { type: 'string' },
    ultralytics: { type: 'string' },
  },
});
using clips = new Clips();
const python = opencvPython();
const ultralytics =
  values.ultralytics !== undefined && canImport(values.ultralytics, 'ultralytics')
    ? values.ultralytics
    : null;
const rows: string[][] = [];
const figures: Record<string, unknown> = {};

for (const size of values.sizes.split(',')) {
  const [width, height] = size.split('x').map(Number);
  const clip = clips.make({ width, height, frames: Number(values.frames) });
  for (const input of values.inputs.split(',')) {
    const model = values.model ?? yolov8nShapeFile(Number(input));
    const contenders: Record<string, () => Promise<PeerRun>> = {
      'plateau analyze': () => runAnalyze(clip, model),
      'OpenCV + ORT + numpy': () => runPythonPeer(python, 'opencv_loop.py', clip, model),
    };
    if (ultralytics !== null) {
      const script = 'ultralytics_stream.py';
      contenders['Ultralytics stream'] = () => runPythonPeer(ultralytics, script, clip, model);
      contenders['Ultralytics, frame-size masks'] = () =>
        runPythonPeer(ultralytics, script, clip, model, ['--frame-size']);
    }
    const measured = await alternate(contenders, Number(values.rounds));
    const ours = measured['plateau analyze'];
    figures[`${size} at ${input}`] = measured;
    for (const [name, runs] of Object.entries(measured)) {
      const of = (pick: (run: PeerRun) => number, digits: number): string =>
        withSpread(spreadOf(runs.map(pick)), digits);
      const speed = pairedRatio(
        ours.map((run) => run.framesPerSecond),
        runs.map((run) => run.framesPerSecond),
      );
      const memory = pairedRatio(
        ours.map((run) => run.peakRssBytes),
        runs.map((run) => run.peakRssBytes),
      );
      rows.push([
        `${size}, input ${input}`,
        name,
        of((run) => run.framesPerSecond, 1),
        of((run) => run.cpuMillisecondsPerFrame, 1),
        of((run) => run.peakRssBytes / 1e6, 0),
        of((run) => run.coverage, 3),
        runs === ours ? '' : withSpread(speed),
        runs === ours ? '' : withSpread(memory),
      ]);
    }
  }
}
const head = ['clip', 'peer', 'pictures/s', 'CPU ms a picture', 'peak RSS MB', 'coverage'];
report('peers', figures, [table([...head, 'ours: speed over it', 'ours: RSS over it'], rows)]);
