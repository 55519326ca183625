/** The public names of `plateau`: the running application. Parts are at `plateau/vision`, `plateau/alarms`, `plateau/memory`. */
export { type ErrorCode, PlateauError } from './errors.ts';
export { maskSecrets } from './mask-secrets.ts';
export type { AnalysisReport } from './runtime/analysis-report.ts';
export { type AnalysisOrder, type AnalysisOutcome, analyzeRecordings } from './runtime/analyze-recordings.ts';
export { defaults } from './runtime/defaults.ts';
export { Monitor, type MonitorListener, type MonitorStatus } from './runtime/monitor.ts';
export type { CameraSettings, ModelSettings, ZoneSettings } from './runtime/settings.ts';
export { Soak, type SoakOrder, type SoakReport } from './runtime/soak.ts';
