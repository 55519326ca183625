/**
 * Video and YOLO without Python: the covered share of a zone for each second of a recording, in one thread.
 *
 *   node --conditions=source examples/coverage-of-a-recording.ts demo/lumps.mp4 models/known-answer.onnx
 */
import {
  Detections,
  letterbox,
  ModelInputScaler,
  PolygonZone,
  UnionMask,
  VideoCapture,
  Yolo,
  ZoneCoverage,
} from 'plateau/vision';

const [video = 'demo/lumps.mp4', model = 'models/known-answer.onnx'] = process.argv.slice(2);

await using yolo = await Yolo.open(model);
await using capture = await VideoCapture.open(video);
const [height, width] = yolo.model.input;
using scaler = new ModelInputScaler({ width, height });

// Everything that a picture needs is made once.
const pixels = new Float32Array(3 * height * width);
const input = yolo.bindInput(pixels);
const detections = new Detections(300, yolo.model.maskChannels);
const union = new UnionMask(width, height);
const zone = new PolygonZone({
  name: 'chute',
  points: [
    [0.3, 0.1],
    [0.7, 0.1],
    [0.7, 0.9],
    [0.3, 0.9],
  ],
  space: 'fractions',
});
const box = letterbox(capture.info.width, capture.info.height, width, height);
const coverage = new ZoneCoverage({ zones: [zone], letterbox: box });
const covered = new Float64Array(1);

let next = 0;
for (let frame = await capture.read(); frame !== undefined; frame = await capture.read()) {
  if (frame.timestampSeconds < next) continue;
  next = frame.timestampSeconds + 1;
  scaler.scaleInto(frame, pixels);
  using output = await yolo.run(input);
  yolo.decode(output, { confidence: 0.5, iou: 0.7 }, detections);
  union.clear();
  for (let i = 0; i < detections.count; i += 1) union.add(detections, i, output, coverage.region);
  coverage.measure(union, covered);
  console.log(`${frame.timestampSeconds.toFixed(1)} s  ${(covered[0] * 100).toFixed(1)} %`);
}
