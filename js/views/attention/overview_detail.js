/** One head of the overview close up, or the mean of all: what does attention go to? */
import { pixelRatio, size } from "../../shared/canvas.js";
import { element } from "../../shared/dom.js";
import { percent } from "../../shared/text.js";
import { barList } from "./bars.js";
import { evenWeight } from "./even.js";
import { headImage } from "./head_image.js";
import { meanShares, sharesOf } from "./patterns.js";
import { weightScale } from "./weight_scale.js";

/** @typedef {{ layer: number, head: number, place: number }} Place */

const TIP_MAP = 176;
const PANEL_MAP = 276;
const LINES = 8;

/** @param {import("./types.js").Frame} frame */
export function headDetail(frame) {
  const { store } = frame;
  const title = element("div", "bvp-title");
  const baseline = element("div", "bvp-baseline");
  const map = element("canvas");
  let bars = barList(LINES, 0);
  let side = PANEL_MAP;

  /** @param {Place | null} place */
  function show(place) {
    const patterns = store.patterns();
    const shares = place ? sharesOf(patterns, place.place) : meanShares(patterns);
    title.textContent = place
      ? nameOf(place)
      : `Where attention goes, mean of ${patterns.evenness.length} heads`;
    title.classList.toggle("bvp-strong", Boolean(place));
    bars.fill(
      shares.map(({ name, share }) => ({ name, value: share, text: percent(share) })),
      frame.theme(),
    );
    baseline.textContent = evenText();
    const drawn = place && drawMap(map, place, side);
    map.style.visibility = drawn ? "" : "hidden";
  }

  /**
   * @param {number} width
   * @returns {HTMLElement}
   */
  function build(width) {
    const panel = element("div", "bvp-detail");
    panel.style.width = `${width}px`;
    bars = barList(LINES, width - 110);
    side = Math.min(PANEL_MAP, width);
    size(map, side, side);
    panel.append(title, bars.list, baseline, map, weightScale(frame.theme()));
    show(null);
    return panel;
  }

  /**
   * @param {HTMLElement} tip
   * @param {Place} place
   */
  function fillTip(tip, place) {
    const close = element("canvas");
    const patterns = store.patterns();
    const shares = sharesOf(patterns, place.place).sort((a, b) => b.share - a.share);
    tip.append(close, element("b", "", nameOf(place)));
    for (const { name, share } of shares.slice(0, 3)) {
      tip.append(element("div", "bvp-soft", `${name} ${percent(share)}`));
    }
    tip.append(element("div", "bvp-soft", evenText()));
    if (!drawMap(close, place, TIP_MAP)) close.remove();
  }

  function evenText() {
    return `one token at random: ${percent(evenWeight(store.shape()))}`;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Place} place
   * @param {number} side
   * @returns {boolean}
   */
  function drawMap(canvas, { layer, head }, side) {
    const whole = store.map(layer, head);
    if (!whole) return false;
    const context = size(canvas, side, side);
    const { width, height } = canvas;
    const least = Math.round(3 * pixelRatio());
    context.putImageData(headImage(whole, width, height, least, frame.theme().ramp), 0, 0);
    return true;
  }

  return { build, show, fillTip };
}

/** @param {Place} place */
function nameOf({ layer, head }) {
  return `layer ${layer}, head ${head}`;
}
