/** The public names of `plateau/vision`: pixels to detections, without the application around them. */
export { type Letterbox, letterbox } from './letterbox.ts';
export { CameraFeed, type CameraFeedOptions, type FeedState } from './video/camera-feed.ts';
export { ModelInputScaler } from './video/model-input-scaler.ts';
export { PictureCanvas } from './video/picture-canvas.ts';
export { type JpegOptions, PictureEncoder } from './video/picture-encoder.ts';
export { VideoCapture, type VideoCaptureOptions, type VideoInfo } from './video/video-capture.ts';
export { KeptFrame, VideoFrame } from './video/video-frame.ts';
export { VideoWriter, type VideoWriterOptions } from './video/video-writer.ts';
export { Detections } from './yolo/detections.ts';
export type { MaskBits } from './yolo/mask-bits.ts';
export type { ModelDescription } from './yolo/model-description.ts';
export { UnionMask } from './yolo/union-mask.ts';
export { type ModelInput, Yolo } from './yolo/yolo.ts';
export type { YoloOptions } from './yolo/yolo-options.ts';
export type { YoloOutput } from './yolo/yolo-output.ts';
export { parseZone } from './zones/parse-zone.ts';
export { PolygonZone, type ZoneDefinition } from './zones/polygon-zone.ts';
export { ZoneCoverage } from './zones/zone-coverage.ts';
