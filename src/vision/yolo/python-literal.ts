/** A value of a Python literal: what `ast.literal_eval` reads, as far as model metadata uses it. */
export type PythonValue = string | number | boolean | null | PythonValue[] | Map<PythonValue, PythonValue>;

const deepest = 32;
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

/**
 * Reads a Python literal: strings with either quote and escapes, numbers, True, False, None, lists, tuples and
 * dictionaries. JSON cannot: Ultralytics writes `{0: 'person', 1: "worker's glove"}`.
 * @throws SyntaxError for anything else, with the place
 */
export function parsePythonLiteral(text: string): PythonValue {
  return new PythonLiteralParser(text).parse();
}

class PythonLiteralParser {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): PythonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#position < this.#text.length) this.#fail('more after the end');
    return value;
  }

  #value(depth: number): PythonValue {
    if (depth > deepest) this.#fail('nested too deep');
    this.#space();
    const first = this.#text[this.#position];
    if (first === undefined) this.#fail('a value is missing');
    if (first === '{') return this.#dictionary(depth);
    if (first === '[') return this.#list(']', depth).items;
    if (first === '(') return this.#parenthesised(depth);
    if (first === "'" || first === '"') return this.#strings();
    return this.#atom();
  }

  #dictionary(depth: number): Map<PythonValue, PythonValue> {
    const entries = new Map<PythonValue, PythonValue>();
    this.#position += 1;
    while (!this.#take('}')) {
      const key = this.#value(depth + 1);
      if (!this.#take(':')) this.#fail("':' is missing");
      entries.set(key, this.#value(depth + 1));
      if (!this.#take(',')) {
        if (this.#take('}')) break;
        this.#fail("',' or '}' is missing");
      }
    }
    return entries;
  }

  /** `(1)` is the number, `(1,)` and `()` are tuples. */
  #parenthesised(depth: number): PythonValue {
    const { items, commas } = this.#list(')', depth);
    return items.length === 1 && commas === 0 ? items[0]! : items;
  }

  #list(close: string, depth: number): { items: PythonValue[]; commas: number } {
    const items: PythonValue[] = [];
    let commas = 0;
    this.#position += 1;
    while (!this.#take(close)) {
      items.push(this.#value(depth + 1));
      if (this.#take(',')) commas += 1;
      else if (this.#take(close)) break;
      else this.#fail(`',' or '${close}' is missing`);
    }
    return { items, commas };
  }

  /** Adjacent strings are one, as in Python. */
  #strings(): string {
    let joined = this.#string();
    for (
      this.#space();
      this.#text[this.#position] === "'" || this.#text[this.#position] === '"';
      this.#space()
    ) {
      joined += this.#string();
    }
    return joined;
  }

  #string(): string {
    const quote = this.#text[this.#position]!;
    this.#position += 1;
    let value = '';
    for (;;) {
      const character = this.#text[this.#position];
      if (character === undefined) this.#fail('a string without end');
      this.#position += 1;
      if (character === quote) return value;
      value += character === '\\' ? this.#escape() : character;
    }
  }

  #escape(): string {
    const character = this.#text[this.#position];
    if (character === undefined) this.#fail('a string without end');
    this.#position += 1;
    const digits = { x: 2, u: 4, U: 8 }[character];
    if (digits !== undefined) {
      const hex = this.#text.slice(this.#position, this.#position + digits);
      const code =
        /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : Number.NaN;
      if (!(code <= 0x10ffff)) this.#fail(`the escape \\${character}${hex}`);
      this.#position += digits;
      return String.fromCodePoint(code);
    }
    if (character >= '0' && character <= '7') {
      const octal = /^[0-7]{1,3}/.exec(this.#text.slice(this.#position - 1, this.#position + 2))![0];
      this.#position += octal.length - 1;
      return String.fromCodePoint(Number.parseInt(octal, 8));
    }
    // Python leaves an unknown escape as it stands.
    return escapes[character] ?? `\\${character}`;
  }

  #atom(): PythonValue {
    const word = /^[^\s,:\]})'"[{(]+/.exec(this.#text.slice(this.#position, this.#position + 400))?.[0] ?? '';
    if (word === '') this.#fail('a value is missing');
    this.#position += word.length;
    if (word === 'True') return true;
    if (word === 'False') return false;
    if (word === 'None') return null;
    const digits = word.replaceAll(/(?<=\d)_(?=\d)/g, '');
    if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(digits)) return Number(digits);
    return this.#fail(`'${word.slice(0, 40)}' is no literal`);
  }

  #take(character: string): boolean {
    this.#space();
    if (this.#text[this.#position] !== character) return false;
    this.#position += 1;
    return true;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#position] ?? '')) this.#position += 1;
  }

  #fail(reason: string): never {
    throw new SyntaxError(`${reason} at character ${this.#position}`);
  }
}
