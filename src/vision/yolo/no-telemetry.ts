/**
 * Imported for its effect, ahead of ONNX Runtime and before any thread that loads it is started. From version 1.30 the
 * runtime reports its sessions to its maker by default: it keeps a device id in the home folder, a log and a session
 * file in the temporary folder, and a connection to the outside. What a plant runs is nobody else's business.
 *
 * It counts only in the main thread: a worker's `process.env` is a copy that native code does not see.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
