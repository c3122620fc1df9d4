/** What `bertviz_plus/design.json` says to the syntax view. */

import design from "../../../bertviz_plus/design.json" with { type: "json" };

const { words, rows, arcs, labels } = design.syntax;

export const { narrow: NARROW, height: HEIGHT } = design.syntax;

export const { size: WORD_SIZE, narrow_size: NARROW_SIZE, padding: PADDING } = words;
export const { longest: LONGEST_WORD, line: LINE, tag: TAG, gap: GAP, margin: MARGIN } = words;
export const { most_words: MOST_WORDS, row: ROW, across: ACROSS } = rows;
export const { after_stop: AFTER_STOP, uneven: UNEVEN, between: BETWEEN } = rows;
export const { least: LEAST, most: MOST, farthest: FARTHEST, bends: BENDS, root: ROOT } = arcs;
export const { stagger: STAGGER, reach: REACH, aside: ASIDE, arrow: ARROW, steps: STEPS } = arcs;
export const { size: LABEL_SIZE, half: HALF, pad: PAD, places: PLACES } = labels;
export const { arcs: VERDICTS } = design.words;
export const {
  above: ABOVE,
  spanning: SPANNING,
  probe: PROBE,
  offset: OFFSET,
} = design.words.syntax;
export const { best: BEST, punctuation: PUNCTUATION, left_out: LEFT } = design.words.syntax;
export const { no_token: NO_TOKEN, uuas: UUAS, no_link: NO_LINK } = design.words.syntax;
