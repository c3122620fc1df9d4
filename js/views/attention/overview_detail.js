/** One head of the overview close up, or the mean of all: what does attention go to? */
import { pixelRatio, size } from "../../shared/canvas.js";
import { element, place } from "../../shared/dom.js";
import { barList } from "./bars.js";
import { OVERVIEW_WORDS } from "./design.js";
import { headImage } from "./head_image.js";
import { besideEven, byExcess, inFull, meanShares, sharesOf } from "./patterns.js";
import { weightScale } from "./weight_scale.js";

/** @typedef {{ layer: number, head: number, place: number }} Place */

const TIP_MAP = 150;
const TIP_BARS = 3;
const PANEL_MAP = 276;
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
    const { ramp } = frame.theme();
    const least = Math.round(3 * pixelRatio());
    if (whole) context.putImageData(headImage(whole, map.width, map.height, least, ramp), 0, 0);
    if (most) byExcess(shares);
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

  /** @param {Place | null} at */
  function show(at) {
    fill(panel, at, width - NAMES, Math.min(PANEL_MAP, width));
    panel.append(weightScale(frame.theme(), { name: frame.state.get("quantity") }));
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
