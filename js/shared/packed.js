/**
 * The other side of `bertviz_plus/export/packed.py`: JSON and the bytes that it refers to, in
 * base64.
 *
 * @typedef {(string | number)[]} Path
 * @typedef {object} Header
 * @property {any} value Null where bytes belong.
 * @property {[path: Path, length: number][]} buffers
 */

/** How the base64 of a gzip stream begins. */
const GZIP = "H4sI";

/**
 * @param {string} text
 * @returns {Promise<any>} What was packed; bytes are DataViews.
 */
export async function unpack(text) {
  const packed = text.trim();
  const bytes = fromBase64(packed);
  return read(packed.startsWith(GZIP) ? await gunzip(bytes) : bytes);
}

/**
 * Synchronous, for a page that is being saved: nothing is deflated.
 *
 * @param {any} value
 * @returns {string}
 */
export function pack(value) {
  /** @type {Uint8Array[]} */
  const parts = [];
  /** @type {Header["buffers"]} */
  const buffers = [];
  const kept = without(value, [], (path, bytes) => {
    buffers.push([path, bytes.length]);
    parts.push(bytes);
  });
  const header = new TextEncoder().encode(JSON.stringify({ value: kept, buffers }));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, header.length, true);
  return toBase64([length, header, ...parts]);
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {any} */
function read(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(4, 4 + length));
  const { value, buffers } = /** @type {Header} */ (JSON.parse(text));
  let start = bytes.byteOffset + 4 + length;
  for (const [path, size] of buffers) {
    let place = value;
    for (const step of path.slice(0, -1)) place = place[step];
    place[path[path.length - 1]] = new DataView(bytes.buffer, start, size);
    start += size;
  }
  return value;
}

/**
 * @param {any} value
 * @param {Path} path
 * @param {(path: Path, bytes: Uint8Array) => void} take
 * @returns {any} A copy with null in place of bytes.
 */
function without(value, path, take) {
  if (value instanceof ArrayBuffer) value = new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    take(path, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    return null;
  }
  if (Array.isArray(value)) return value.map((one, i) => without(one, [...path, i], take));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, one]) => [key, without(one, [...path, key], take)]));
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function gunzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
function fromBase64(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** @param {Uint8Array[]} parts */
function toBase64(parts) {
  let binary = "";
  for (const part of parts) {
    // A call takes at most some ten thousand arguments.
    for (let i = 0; i < part.length; i += 8192)
      binary += String.fromCharCode(...part.subarray(i, i + 8192));
  }
  return btoa(binary);
}
