/** One head of the overview close up, or the mean of all: what does attention go to? */
import { pixelRatio, size } from "../../shared/canvas.js";
import { element, place } from "../../shared/dom.js";
import { css } from "../../shared/theme.js";
import { barList } from "./bars.js";
import { MAP_BAR, OVERVIEW_WORDS, PAIR_WORDS, SIGNED_WORDS, STRONGEST_HEADS } from "./design.js";
import { headImage } from "./head_image.js";
import { besideEven, byExcess, inFull, meanShares, patternWords, sharesOf } from "./patterns.js";
import { coloursOf, sizeText } from "./scale.js";
import { weightScale } from "./weight_scale.js";

/** @typedef {{ layer: number, head: number, place: number }} Place */

const TIP_MAP = 150;
const TIP_BARS = 3;
const PANEL_MAP = 264;
/** Room for a bar's name and number. */
const NAMES = 202;

/** @param {import("./types.js").Frame} frame */
export function headDetail(frame) {
  const { store } = frame;
  const panel = element("div", "bvp-detail");
  let width = 0;
  /** @type {number[]} */
  let places = [];

  /**
   * @param {HTMLElement} target Is filled.
   * @param {Place | null} at Null for the mean of all heads.
   * @param {number} length Of a bar of 1.
   * @param {number} side Of the map.
   * @param {number} [most] Bars.
   */
  function fill(target, at, length, side, most) {
    const patterns = store.patterns();
    const shares = at ? sharesOf(patterns, at.place) : meanShares(patterns, places);
    const mean = `Where attention goes, mean of ${places.length} heads`;
    const name = at ? `layer ${at.layer}, head ${at.head}` : mean;
    const map = element("canvas");
    const bars = barList(length);
    const context = size(map, side, side);
    const whole = at && store.map(at.layer, at.head);
    const least = Math.round(3 * pixelRatio());
    const { ramp } = coloursOf(frame.theme(), store.scale());
    if (whole) context.putImageData(headImage(whole, map.width, map.height, least, ramp), 0, 0);
    if (most) byExcess(shares);
    if (patterns.sizes) {
      const title = at
        ? `${name}: ${patternWords(patterns, at.place)}`
        : `${SIGNED_WORDS.sizes}, ${PAIR_WORDS.strongest}`;
      const known = at ? null : sizeBars(patterns.sizes);
      target.replaceChildren(element("div", "bvp-title", title), ...(known ? known : [map]));
      return;
    }
    bars.fill(
      shares
        .slice(0, most)
        .map((one) => ({ name: inFull(one.name), value: one.share, text: besideEven(one) })),
      frame.theme(),
    );
    target.replaceChildren(
      element("div", at ? "bvp-title bvp-strong" : "bvp-title", name),
      bars.list,
      element("div", "bvp-baseline", OVERVIEW_WORDS.even),
      map,
    );
  }

  /** @param {Float32Array} sizes @returns {HTMLElement[]} The heads of the largest numbers. */
  function sizeBars(sizes) {
    const { layers, heads } = store.shape();
    const best = [...places].sort((a, b) => sizes[b] - sizes[a]).slice(0, STRONGEST_HEADS);
    const { list, fill } = barList(MAP_BAR);
    fill(
      best.map((at) => ({
        name: `${layers[Math.floor(at / heads)]}-${at % heads}`,
        value: sizes[at] / (sizes[best[0]] || 1),
        text: sizeText(sizes[at]),
        colour: css(frame.theme().soft),
      })),
      frame.theme(),
    );
    const mean = places.reduce((sum, at) => sum + sizes[at] / places.length, 0);
    return [list, element("div", "bvp-baseline", `${SIGNED_WORDS.all}: ${sizeText(mean)}`)];
  }

  /** @param {Place | null} at */
  function show(at) {
    fill(panel, at, width - NAMES, Math.min(PANEL_MAP, width));
    panel.append(weightScale(frame.theme(), { name: store.quantity(), scale: store.scale() }));
  }

  return {
    show,

    /**
     * @param {number} room Width.
     * @param {number[]} heads Counted through all layers, for the mean.
     */
    build(room, heads) {
      width = room;
      places = heads;
      place(panel, { width });
      show(null);
      return panel;
    },

    /** @param {HTMLElement} tip @param {Place} at */
    fillTip(tip, at) {
      const box = element("div", "bvp-detail");
      fill(box, at, TIP_MAP - 90, TIP_MAP, TIP_BARS);
      tip.append(box);
    },
  };
}
