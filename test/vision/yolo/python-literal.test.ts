import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PythonValue, parsePythonLiteral } from '../../../src/vision/yolo/python-literal.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';

/** Python's `repr` of a string: double quotes only where it holds a single one and no double one. */
function repr(value: PythonValue): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const escaped = Array.from(
      value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`),
      (character) => {
        const code = character.codePointAt(0)!;
        if (code === 10) return '\\n';
        if (code === 13) return '\\r';
        if (code === 9) return '\\t';
        if (code < 32 || code === 127) return `\\x${code.toString(16).padStart(2, '0')}`;
        return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : character;
      },
    );
    return quote + escaped.join('') + quote;
  }
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  return `{${[...value].map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(', ')}}`;
}

const { value: values } = fc.letrec<{ value: PythonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom("'", '"', '\\', 'n', '\n', '{', ',', ':') }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.nat(), fc.string()), tie('value')), { maxLength: 4 })
      .map((entries) => new Map<PythonValue, PythonValue>(entries)),
  ),
}));

describe('Python literals', () => {
  test.for([
    [
      `{0: 'person', 1: "worker's glove"}`,
      new Map<PythonValue, PythonValue>([
        [0, 'person'],
        [1, "worker's glove"],
      ]),
    ],
    ['[320, 640]', [320, 640]],
    ['(1,)', [1]],
    ['(1)', 1],
    ['()', []],
    ['{ }', new Map()],
    [
      `{'a': None, 'b': [True, False], "c": -1.5e3,}`,
      new Map<PythonValue, PythonValue>([
        ['a', null],
        ['b', [true, false]],
        ['c', -1500],
      ]),
    ],
    [`'it\\'s \\x41\\u00e9\\101\\q'`, "it's AéA\\q"],
    [`'one' "two"`, 'onetwo'],
    ['1_000', 1000],
  ] as [string, PythonValue][])('%s', ([text, expected]) => {
    expect(parsePythonLiteral(text)).toEqual(expected);
  });

  test.for([
    '',
    '{',
    "'",
    "{0: 'a'",
    '{0 1}',
    '[1 2]',
    'os.system(1)',
    '1 2',
    '{0:}',
    '+',
    "'\\x1'",
    "'\\U99999999'",
    `${'['.repeat(100)}`,
  ])('refused: %s', (text) => {
    expect(() => parsePythonLiteral(text)).toThrow(SyntaxError);
  });

  test('reads whatever repr writes', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(parsePythonLiteral(repr(value))).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  test('any text at all is read or refused, never worse', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '(',
        ')',
        ',',
        ':',
        "'",
        '"',
        '\\',
        'x',
        'u',
        'U',
        '0',
        '9',
        'None',
        ' ',
        '-',
        '.',
        'e',
        'é',
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          pieces.map((list) => list.join('')),
        ),
        (text) => {
          try {
            parsePythonLiteral(text);
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        },
      ),
      { numRuns: fuzzRuns(5000) },
    );
  });
});
