/**
 * Many tokens in few cells: the largest weight of each stays visible.
 *
 * Codes are 0 … 254; 255 is missing.
 *
 * @typedef {object} Spans What each cell covers: positions from `start` up to, not including, `end`.
 * @property {Int32Array} start
 * @property {Int32Array} end
 */

/**
 * Spread positions evenly over pixels: several a pixel when there are many, several pixels each
 * when there are few.
 *
 * @param {number} n How many positions.
 * @param {number} pixels How many pixels.
 * @param {number} [firstLeast] The first position gets at least so many pixels.
 * @param {number} [lastLeast] The last likewise.
 * @returns {Spans} What each pixel covers.
 */
export function spread(n, pixels, firstLeast = 0, lastLeast = 0) {
  const first = firstLeast > pixels / n ? firstLeast : 0;
  const last = lastLeast > pixels / n ? lastLeast : 0;
  const inner = n - (first && 1) - (last && 1);
  const width = pixels - first - last;
  const start = new Int32Array(pixels);
  const end = new Int32Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const place = pixel - first;
    if (place < 0) start[pixel] = 0;
    else if (place >= width) start[pixel] = n - 1;
    else start[pixel] = (first && 1) + Math.floor((place * inner) / width);
    const next = (first && 1) + Math.floor(((place + 1) * inner) / width);
    end[pixel] = place < 0 || place >= width ? start[pixel] + 1 : Math.max(start[pixel] + 1, next);
  }
  return { start, end };
}

/**
 * @param {Uint8Array} codes `[rows, columns]`
 * @param {number} columns
 * @param {Spans} rowSpans
 * @param {Spans} columnSpans
 * @returns {Uint8Array}
 */
export function maxOver(codes, columns, rowSpans, columnSpans) {
  const height = rowSpans.start.length;
  const width = columnSpans.start.length;
  const pooled = new Uint8Array(height * width);
  const line = new Uint8Array(columns);
  for (let y = 0; y < height; y++) {
    const sameAsAbove =
      y > 0 &&
      rowSpans.start[y] === rowSpans.start[y - 1] &&
      rowSpans.end[y] === rowSpans.end[y - 1];
    if (sameAsAbove) {
      pooled.copyWithin(y * width, (y - 1) * width, y * width);
      continue;
    }
    largestOfRows(line, codes, columns, rowSpans.start[y], rowSpans.end[y]);
    for (let x = 0; x < width; x++) {
      let best = 0;
      for (let j = columnSpans.start[x]; j < columnSpans.end[x]; j++) {
        if (line[j] > best) best = line[j];
      }
      pooled[y * width + x] = best - 1;
    }
  }
  return pooled;
}

/**
 * Codes are raised by one, so that missing becomes 0 and loses against everything.
 *
 * @param {Uint8Array} line Is filled, `[columns]`.
 * @param {Uint8Array} codes
 * @param {number} columns
 * @param {number} start
 * @param {number} end
 */
function largestOfRows(line, codes, columns, start, end) {
  line.fill(0);
  for (let i = start; i < end; i++) {
    for (let j = 0, at = i * columns; j < columns; j++, at++) {
      const raised = (codes[at] + 1) & 255;
      if (raised > line[j]) line[j] = raised;
    }
  }
}
