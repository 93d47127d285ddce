/**
 * Compresses pictures of few colors, at once and without a worker: what a mask's rows consist of, runs of one pixel,
 * is what this takes. The result is a zlib stream (RFC 1950, 1951) with dynamic Huffman codes.
 */

/** A token is a byte, or the length of a match (nine bits) with one of these: what repeats is one byte, or three. */
const MATCH_1 = 0x200;
const MATCH_3 = 0x400;
const LENGTH_BITS = 0x1ff;
const END = 256;
const LONGEST = 258;
const SHORTEST = 3;
const TOKENS_A_BLOCK = 0x10000;
const ADLER = 65521;

/** How a length is written: a symbol, then so many extra bits. */
interface MatchLength {
  readonly symbol: number;
  readonly extra: number;
  readonly bits: number;
}

const LENGTHS = (() => {
  const table: MatchLength[] = [];
  let length = SHORTEST;
  for (let symbol = 257; symbol < 285; symbol++) {
    const bits = symbol < 265 ? 0 : Math.floor((symbol - 261) / 4);
    for (let extra = 0; extra < 1 << bits; extra++) table[length++] = { symbol, extra, bits };
  }
  table[LONGEST] = { symbol: 285, extra: 0, bits: 0 };
  return table;
})();

const symbolOf = (token: number): number =>
  token < MATCH_1 ? token : (LENGTHS[token & LENGTH_BITS] as MatchLength).symbol;

/** The order in which the lengths of the codes for code lengths are written. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

interface Codes {
  readonly lengths: readonly number[];
  /** Codes, first bit lowest, as they are written. */
  readonly codes: readonly number[];
}

/** A Huffman code for these frequencies; no code is longer than `limit`. */
function huffman(frequencies: readonly number[], limit: number): Codes {
  let weights = frequencies;
  let lengths = codeLengths(weights);
  while (Math.max(...lengths) > limit) {
    weights = weights.map((weight) => (weight > 0 ? (weight >> 1) + 1 : 0));
    lengths = codeLengths(weights);
  }
  return { lengths, codes: canonicalCodes(lengths) };
}

function codeLengths(weights: readonly number[]): number[] {
  interface Node {
    readonly weight: number;
    readonly symbols: readonly number[];
  }
  const lengths = weights.map(() => 0);
  const leaves: Node[] = weights
    .map((weight, symbol) => ({ weight, symbols: [symbol] }))
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => one.weight - other.weight);
  if (leaves.length === 1) for (const symbol of leaves[0]?.symbols ?? []) lengths[symbol] = 1;
  // Both lists are in order, so the lightest node is the first of one of them.
  const joined: Node[] = [];
  const lightest = () =>
    (leaves[0] && (!joined[0] || leaves[0].weight <= joined[0].weight)
      ? leaves.shift()
      : joined.shift()) as Node;
  while (leaves.length + joined.length > 1) {
    const one = lightest();
    const other = lightest();
    const symbols = [...one.symbols, ...other.symbols];
    for (const symbol of symbols) (lengths[symbol] as number)++;
    joined.push({ weight: one.weight + other.weight, symbols });
  }
  return lengths;
}

function canonicalCodes(lengths: readonly number[]): number[] {
  const codes = lengths.map(() => 0);
  let code = 0;
  for (let length = 1; length <= 15; length++, code <<= 1) {
    lengths.forEach((own, symbol) => {
      if (own === length) codes[symbol] = reversed(code++, length);
    });
  }
  return codes;
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}

/** Takes bytes as runs of pixels; `finish` gives the stream. */
export class Deflater {
  #bytes = new Uint8Array(1 << 14);
  #size = 0;
  #bits = 0;
  #bitCount = 0;
  readonly #tokens = new Uint16Array(TOKENS_A_BLOCK);
  #count = 0;
  #low = 1;
  #high = 0;

  constructor() {
    this.#write(0x78, 8);
    this.#write(0x9c, 8);
  }

  /** One byte. */
  byte(value: number): void {
    this.#low = (this.#low + value) % ADLER;
    this.#high = (this.#high + this.#low) % ADLER;
    this.#put(value);
  }

  /** The same three bytes, `count` times. */
  pixels(red: number, green: number, blue: number, count: number): void {
    const sum = red + green + blue;
    this.#high +=
      count * (3 * this.#low + 3 * red + 2 * green + blue) + (3 * sum * count * (count - 1)) / 2;
    this.#high %= ADLER;
    this.#low = (this.#low + sum * count) % ADLER;
    this.#put(red);
    if (red === green && green === blue) {
      this.#match(MATCH_1, 3 * count - 1, [red, green, blue]);
    } else {
      this.#put(green);
      this.#put(blue);
      this.#match(MATCH_3, 3 * (count - 1), [red, green, blue]);
    }
  }

  finish(): Uint8Array {
    this.#flush(true);
    this.#write(0, (8 - (this.#bitCount % 8)) % 8);
    for (const half of [this.#high, this.#low]) {
      this.#write(half >> 8, 8);
      this.#write(half & 0xff, 8);
    }
    return this.#bytes.slice(0, this.#size);
  }

  /** `length` more bytes of a repetition; `bytes` are those that come next. */
  #match(kind: number, length: number, bytes: readonly number[]): void {
    let left = length;
    while (left >= SHORTEST) {
      // What is left must not be too short to be a match.
      const take =
        left > LONGEST && left < LONGEST + SHORTEST ? left - SHORTEST : Math.min(left, LONGEST);
      this.#put(kind + take);
      left -= take;
    }
    for (let index = 0; index < left; index++) this.#put(bytes[index] as number);
  }

  #put(token: number): void {
    this.#tokens[this.#count++] = token;
    if (this.#count === TOKENS_A_BLOCK) this.#flush(false);
  }

  /** Writes the tokens as one block. */
  #flush(last: boolean): void {
    const tokens = this.#tokens.subarray(0, this.#count);
    this.#count = 0;
    const frequencies = new Array<number>(286).fill(0);
    frequencies[END] = 1;
    for (const token of tokens) (frequencies[symbolOf(token)] as number)++;
    const literals = huffman(frequencies, 15);
    // Distances 1 and 3 are the symbols 0 and 2; each has a code of one bit, used or not.
    const distances = [1, 0, 1];
    this.#write(last ? 1 : 0, 1);
    this.#write(2, 2);
    this.#writeLengths(literals.lengths, distances);
    for (const token of tokens) {
      this.#writeCode(literals, symbolOf(token));
      if (token < MATCH_1) continue;
      const { extra, bits } = LENGTHS[token & LENGTH_BITS] as MatchLength;
      this.#write(extra, bits);
      this.#write(token >= MATCH_3 ? 1 : 0, 1);
    }
    this.#writeCode(literals, END);
  }

  #writeLengths(literals: readonly number[], distances: readonly number[]): void {
    const all = [...literals, ...distances];
    const items: MatchLength[] = [];
    for (let start = 0; start < all.length; ) {
      let count = 1;
      while (all[start + count] === all[start] && count < 138) count++;
      if (all[start] === 0 && count >= 11) {
        items.push({ symbol: 18, extra: count - 11, bits: 7 });
      } else if (all[start] === 0 && count >= 3) {
        items.push({ symbol: 17, extra: count - 3, bits: 3 });
      } else {
        count = 1;
        items.push({ symbol: all[start] as number, extra: 0, bits: 0 });
      }
      start += count;
    }
    const frequencies = new Array<number>(19).fill(0);
    for (const { symbol } of items) (frequencies[symbol] as number)++;
    const codes = huffman(frequencies, 7);
    this.#write(literals.length - 257, 5);
    this.#write(distances.length - 1, 5);
    this.#write(LENGTH_ORDER.length - 4, 4);
    for (const symbol of LENGTH_ORDER) this.#write(codes.lengths[symbol] as number, 3);
    for (const { symbol, extra, bits } of items) {
      this.#writeCode(codes, symbol);
      this.#write(extra, bits);
    }
  }

  #writeCode({ codes, lengths }: Codes, symbol: number): void {
    this.#write(codes[symbol] as number, lengths[symbol] as number);
  }

  #write(value: number, bits: number): void {
    this.#bits |= value << this.#bitCount;
    this.#bitCount += bits;
    while (this.#bitCount >= 8) {
      if (this.#size === this.#bytes.length) {
        const larger = new Uint8Array(2 * this.#size);
        larger.set(this.#bytes);
        this.#bytes = larger;
      }
      this.#bytes[this.#size++] = this.#bits & 0xff;
      this.#bits >>>= 8;
      this.#bitCount -= 8;
    }
  }
}
