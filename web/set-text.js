/** Writes a text only where it is another one: a screen reader says it once, and what somebody marked stays marked. */
export function setText(node, words) {
  if (node.textContent !== words) node.textContent = words;
}
