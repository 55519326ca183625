/** Path and line of a C++ source and the signature of the function that follows; or only file, line and function. */
const sourcePlaces = [
  /(?:\/[\w.+-]+)+\.(?:cc|cpp|h|hpp):\d+\s+[^()]*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*(?:const\s+)?/g,
  /\b[\w+-]+\.(?:cc|cpp|h|hpp):\d+\s+\w+\s+/g,
];
/** What wraps the reason: which file failed to load, which node of the graph returned which status. */
const wrappers = [
  /^Load model from .*? failed:\s*/,
  /^Load model .*? failed\.\s*/,
  /\[ONNXRuntimeError\] : \d+ : \w+ : /g,
  /Non-zero status code returned while running (\w+) node\. Name:'([^']*)' Status Message:\s*/g,
];
const longest = 300;

/** ONNX Runtime's reason as a sentence for people: without its build machine's paths, signatures and wrappers. */
export function plainReason(cause: unknown): string {
  const whole = cause instanceof Error ? cause.message : String(cause);
  let text = whole.slice(0, 10 * longest);
  for (const wrapper of [...sourcePlaces, ...wrappers]) text = text.replace(wrapper, '');
  text = text
    .replaceAll(/\s+/g, ' ')
    // Names out of a damaged file: control characters would reach the terminal.
    .replaceAll(/[\p{C}\uFFFD]+/gu, '?')
    .trim()
    .slice(0, longest)
    .replace(/[.\s]+$/, '');
  return text === '' ? 'no reason given' : text;
}
