/** What the page has deflated: drawings and words, unpacked when they are asked for. */

const KEPT = 12;

/** Unpacks the script element of that id: a JSON list of texts. */
export async function unpack(id: string): Promise<string[]> {
  const text = document.getElementById(id)?.textContent ?? "";
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(inflated).json();
}

const packs = new Map<number, Promise<string[]>>();

/** One drawing; the packs that were used last are kept. */
export async function drawing(pack: number, place: number): Promise<string> {
  const found = packs.get(pack) ?? unpack(`pack-${pack}`);
  packs.delete(pack);
  packs.set(pack, found);
  for (const old of [...packs.keys()].slice(0, -KEPT)) packs.delete(old);
  return (await found)[place] ?? "";
}
