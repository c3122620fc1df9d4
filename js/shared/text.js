/** @type {CanvasRenderingContext2D | null} */
let ruler = null;

/**
 * @param {string} text
 * @param {string} font As CSS writes it: "13px sans-serif".
 * @returns {number} CSS pixels.
 */
export function textWidth(text, font) {
  ruler ??= document.createElement("canvas").getContext("2d");
  if (!ruler) return text.length * 7;
  if (ruler.font !== font) ruler.font = font;
  return ruler.measureText(text).width;
}

/**
 * Cuts a text in its middle until it fits.
 *
 * @param {string} text
 * @param {number} width CSS pixels.
 * @param {string} font
 * @param {(text: string, font: string) => number} [measure]
 * @returns {string}
 */
export function shorten(text, width, font, measure = textWidth) {
  if (measure(text, font) <= width) return text;
  const letters = graphemes(text);
  let fits = 1;
  let tooLong = letters.length;
  while (tooLong - fits > 1) {
    const kept = (fits + tooLong) >> 1;
    if (measure(withoutMiddle(letters, kept), font) <= width) fits = kept;
    else tooLong = kept;
  }
  return withoutMiddle(letters, fits);
}

/** @param {string[]} letters @param {number} kept */
function withoutMiddle(letters, kept) {
  const head = Math.ceil(kept / 2);
  return `${letters.slice(0, head).join("")}…${letters.slice(letters.length - (kept - head)).join("")}`;
}

/**
 * Splits a text into what readers take for letters: an emoji with its joiners stays whole.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function graphemes(text) {
  return "Segmenter" in Intl
    ? [...new Intl.Segmenter().segment(text)].map((part) => part.segment)
    : [...text];
}

/**
 * A weight with no more digits than eight bits carry.
 *
 * @param {number} weight
 * @returns {string}
 */
export function weightText(weight) {
  if (Number.isNaN(weight)) return "missing";
  if (weight < 0.0005) return "0";
  return weight.toFixed(weight < 0.01 ? 3 : 2);
}

/**
 * @param {number} share 0 to 1.
 * @returns {string}
 */
export function percent(share) {
  if (share > 0 && share < 0.001) return "<0.1%";
  return `${share > 0 && share < 0.0995 ? (100 * share).toFixed(1) : Math.round(100 * share)}%`;
}

/** @param {number} count @param {string} one @param {string} [many] */
export function counted(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}
