/**
 * The other side of `bertviz_plus/views/encoding.py`: value = offset + scale · stored.
 *
 * @typedef {DataView | Uint8Array | ArrayBuffer} Bytes What hosts make of a buffer.
 * @typedef {object} Tensor
 * @property {Bytes} buffer
 * @property {"raw" | "zlib"} codec
 * @property {keyof typeof TYPES} dtype
 * @property {number[]} shape
 * @property {number} [offset]
 * @property {number} [scale]
 * @property {number | null} [missing]
 */

const TYPES = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  // Not every browser has Float16Array: its bits are decoded below.
  float16: Uint16Array,
  float32: Float32Array,
};

/**
 * @param {Tensor} tensor
 * @returns {number} How many values it holds.
 */
export function count({ shape }) {
  return shape.reduce((product, extent) => product * extent, 1);
}

/**
 * @param {Tensor} tensor
 * @returns {Uint8Array | Promise<Uint8Array>} Synchronous where nothing is deflated.
 */
export function readBytes(tensor) {
  const stored = bytesOf(tensor.buffer);
  if (tensor.codec === "zlib") return inflate(stored).then((bytes) => checked(tensor, bytes));
  return checked(tensor, stored);
}

/**
 * @param {Tensor} tensor
 * @param {Uint8Array} bytes
 * @returns {Float32Array} Missing values are NaN.
 */
export function toValues(tensor, bytes) {
  const { dtype, offset = 0, scale = 1, missing = null } = tensor;
  const number = dtype === "float16" ? halfToNumber : Number;
  return Float32Array.from(asStored(tensor, bytes), (one) =>
    one === missing ? Number.NaN : offset + scale * number(one),
  );
}

/**
 * @param {Pick<Tensor, "dtype">} tensor
 * @param {Uint8Array} bytes
 * @returns {InstanceType<(typeof TYPES)[keyof typeof TYPES]>} Codes and indices, with no copy where
 *   that is possible.
 */
export function asStored({ dtype }, bytes) {
  const Type = TYPES[dtype];
  const size = Type.BYTES_PER_ELEMENT;
  // A typed array starts at a multiple of its element's size; a view into a message may not.
  const { buffer, byteOffset } = bytes.byteOffset % size ? bytes.slice() : bytes;
  return new Type(/** @type {ArrayBuffer} */ (buffer), byteOffset, bytes.length / size);
}

/** @param {Bytes} buffer @returns {Uint8Array<ArrayBuffer>} */
export function bytesOf(buffer) {
  if (!ArrayBuffer.isView(buffer)) return new Uint8Array(buffer);
  const { buffer: whole, byteOffset, byteLength } = buffer;
  return new Uint8Array(/** @type {ArrayBuffer} */ (whole), byteOffset, byteLength);
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Promise<Uint8Array>} */
export async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {Tensor} tensor @param {Uint8Array} bytes */
function checked(tensor, bytes) {
  const expected = count(tensor) * TYPES[tensor.dtype]?.BYTES_PER_ELEMENT;
  if (bytes.length === expected) return bytes;
  const { shape, dtype } = tensor;
  throw new Error(`${dtype} tensor [${shape}]: ${expected} bytes expected, got ${bytes.length}`);
}

/**
 * IEEE 754 binary16.
 *
 * @param {number} half
 * @returns {number}
 */
export function halfToNumber(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = (half & 1023) / 1024;
  if (exponent === 31) return fraction ? Number.NaN : sign / 0;
  return sign * (exponent ? (1 + fraction) * 2 ** (exponent - 15) : fraction * 2 ** -14);
}
