/** `analysis-cost.ts MODEL`: analyses the demo clip 24 times through one pipeline and prints what all but the first cost, as JSON. */
import { fileURLToPath } from 'node:url';
import { analyzeRecordings, type CameraSettings, defaults } from 'plateau';
import { recordingCapture } from '../../src/runtime/capture-settings.ts';
import { wholePicture } from '../../src/runtime/whole-picture.ts';
import { modelSettings } from '../harness/line.ts';

export interface AnalysisCost {
  readonly cpuSeconds: number;
  readonly seconds: number;
}

const clip: CameraSettings = {
  name: 'lumps',
  zones: [{ zone: wholePicture, blockage: defaults.blockage }],
  capture: recordingCapture(fileURLToPath(new URL('../../demo/lumps.mp4', import.meta.url))),
};
/** The first time warms everything up, and its threads begin in it. */
const times = 24;
let began = 0;
let cpuBefore = process.cpuUsage();
let decided = 0;
const pictures = 300;
const { failures } = await analyzeRecordings({
  model: modelSettings(process.argv[2] ?? '', 1),
  recordings: Array.from({ length: times }, () => clip),
  signal: new AbortController().signal,
  onProgress: () => {
    decided += 1;
    if (decided !== pictures) return;
    began = performance.now();
    cpuBefore = process.cpuUsage();
  },
});
if (failures.length > 0) throw failures[0];
const { user, system } = process.cpuUsage(cpuBefore);
const cost: AnalysisCost = {
  cpuSeconds: (user + system) / 1e6,
  seconds: (performance.now() - began) / 1000,
};
console.log(JSON.stringify(cost));
