/**
 * The other side of `bertviz_plus/views/encoding.py`: value = offset + scale · stored.
 *
 * @typedef {DataView | Uint8Array | ArrayBuffer} Bytes What hosts make of a buffer.
 * @typedef {object} Tensor
 * @property {Bytes} buffer
 * @property {"raw" | "zlib"} codec
 * @property {keyof typeof ELEMENT_BYTES} dtype
 * @property {number[]} shape
 * @property {number} [offset]
 * @property {number} [scale]
 * @property {number | null} [missing]
 */

const ELEMENT_BYTES = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  float16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
};

/**
 * @param {Tensor} tensor
 * @returns {number} How many values it holds.
 */
export function count(tensor) {
  return tensor.shape.reduce((product, extent) => product * extent, 1);
}

/**
 * @param {Tensor} tensor
 * @returns {Uint8Array | Promise<Uint8Array>} At once where nothing has to be inflated.
 */
export function readBytes(tensor) {
  const stored = bytesOf(tensor.buffer);
  if (tensor.codec === "raw") return checked(tensor, stored);
  if (tensor.codec === "zlib") return inflate(stored).then((bytes) => checked(tensor, bytes));
  throw new Error(`Unknown codec ${tensor.codec}: raw and zlib can be read`);
}

/**
 * @param {Tensor} tensor
 * @returns {Promise<Float32Array>} Missing values are NaN.
 */
export async function readValues(tensor) {
  return toValues(tensor, await readBytes(tensor));
}

/**
 * @param {Tensor} tensor
 * @param {Uint8Array} bytes
 * @returns {Float32Array}
 */
export function toValues(tensor, bytes) {
  const { offset = 0, scale = 1, missing = null } = tensor;
  const stored = storedNumbers(tensor.dtype, bytes);
  return Float32Array.from(stored, (value) =>
    missing !== null && value === missing ? Number.NaN : offset + scale * value,
  );
}

/**
 * @param {Bytes} buffer
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(buffer) {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(
        /** @type {ArrayBuffer} */ (buffer.buffer),
        buffer.byteOffset,
        buffer.byteLength,
      )
    : new Uint8Array(buffer);
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<Uint8Array>}
 */
async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * @param {Tensor} tensor
 * @param {Uint8Array} bytes
 */
function checked(tensor, bytes) {
  const expected = count(tensor) * ELEMENT_BYTES[tensor.dtype];
  if (bytes.length === expected) return bytes;
  throw new Error(
    `A tensor of shape ${tensor.shape} in ${tensor.dtype} has ${expected} bytes, got ${bytes.length}`,
  );
}

/**
 * @param {keyof typeof ELEMENT_BYTES} dtype
 * @param {Uint8Array} bytes
 * @returns {ArrayLike<number>}
 */
function storedNumbers(dtype, bytes) {
  // A typed array starts at a multiple of its element's size; a view into a message may not.
  const aligned = bytes.byteOffset % ELEMENT_BYTES[dtype] ? bytes.slice() : bytes;
  const length = bytes.length / ELEMENT_BYTES[dtype];
  const at = /** @type {[ArrayBufferLike, number, number]} */ ([
    aligned.buffer,
    aligned.byteOffset,
    length,
  ]);
  switch (dtype) {
    case "uint8":
      return aligned;
    case "int8":
      return new Int8Array(...at);
    case "uint16":
      return new Uint16Array(...at);
    case "int16":
      return new Int16Array(...at);
    case "int32":
      return new Int32Array(...at);
    case "uint32":
      return new Uint32Array(...at);
    case "float32":
      return new Float32Array(...at);
    case "float64":
      return new Float64Array(...at);
    case "float16":
      return Float32Array.from(new Uint16Array(...at), halfToNumber);
    default:
      throw new Error(`Unknown dtype ${dtype}: ${Object.keys(ELEMENT_BYTES).join(", ")}`);
  }
}

/**
 * IEEE 754 binary16.
 *
 * @param {number} half
 * @returns {number}
 */
export function halfToNumber(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
