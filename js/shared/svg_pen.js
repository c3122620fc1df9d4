/**
 * A 2-D context that writes SVG: the part of `CanvasRenderingContext2D` that the views draw with. Arcs are
 * whole circles; a view clears all of a canvas or nothing; the last clip holds.
 *
 * @typedef {Record<string, string | number | undefined>} Attributes
 * @typedef {[number, number, number, number]} Box
 * @typedef {{ id: string, stops: string, addColorStop: (at: number, colour: string) => void }} Gradient
 * @typedef {ReturnType<typeof createSvgPen>} SvgPen
 */

import { element } from "./dom.js";
import { textWidth } from "./text.js";

/** How far below the middle of a line its letters stand, in sizes. */
const DROP = 0.35;
/** What XML cannot hold: halves of a letter, and most control characters. */
const UNWRITABLE = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const AT_FIRST = {
  fillStyle: /** @type {string | Gradient} */ (""),
  strokeStyle: "",
  lineWidth: 1,
  lineCap: "butt",
  lineJoin: "miter",
  globalAlpha: 1,
  font: "",
  textAlign: "left",
  textBaseline: "",
  dash: "",
  matrix: [1, 0, 0, 1, 0, 0],
  around: "",
};

/** Two pictures may stand on one page. */
const newId = () => `bvp${Math.random().toString(36).slice(2)}`;

/** @param {string} text */
const escaped = (text) =>
  text.replace(UNWRITABLE, "\ufffd").replace(/[&<"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** @param {number[]} values */
const short = (...values) => values.map((value) => +value.toFixed(2)).join(" ");

/** @param {Attributes} attributes Those of no value are left out. */
const written = (attributes) =>
  Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => ` ${name}="${typeof value === "number" ? short(value) : value}"`)
    .join("");

/** @param {string} name @param {Attributes} attributes @param {string} [inner] */
const tag = (name, attributes, inner = "") => `<${name}${written(attributes)}>${inner}</${name}>`;

/**
 * @param {HTMLCanvasElement | null} canvas In whose place it writes.
 * @param {number} ratio Device pixels in a unit.
 * @param {(canvas: HTMLCanvasElement) => SvgPen | undefined} [penOf] Of the other canvases.
 */
export function createSvgPen(canvas, ratio, penOf) {
  /** @type {string[]} */
  let marks = [];
  /** @type {(typeof AT_FIRST)[]} */
  const saved = [];
  let path = "";
  /** @type {Map<string, string>} */
  const clips = new Map();

  const transform = () =>
    String(pen.matrix) === String(AT_FIRST.matrix)
      ? undefined
      : `matrix(${pen.matrix.map((value) => +value.toFixed(4)).join(" ")})`;

  /** @param {string} name @param {Attributes} attributes @param {string} [inner] */
  function put(name, attributes, inner) {
    const mark = tag(name, { ...attributes, transform: transform() }, inner);
    marks.push(pen.around ? tag("g", { "clip-path": pen.around }, mark) : mark);
  }

  /** @param {"fill" | "stroke"} kind @returns {Attributes} */
  function ink(kind) {
    const style = pen[`${kind}Style`];
    if (typeof style !== "string") {
      marks.push(style.stops);
      return { [kind]: `url(#${style.id})` };
    }
    // Not every reader of SVG knows rgba().
    const [, rgb, alpha = 1] = style.match(/^rgba\((.*), *([\d.]+)\)$/) ?? [];
    const opacity = Number(alpha) * pen.globalAlpha;
    return { [kind]: rgb ? `rgb(${rgb})` : style, [`${kind}-opacity`]: opacity < 1 ? opacity : "" };
  }

  /** @returns {Attributes} */
  const line = () => ({
    fill: "none",
    ...ink("stroke"),
    "stroke-width": pen.lineWidth,
    "stroke-linecap": pen.lineCap,
    "stroke-linejoin": pen.lineJoin,
    "stroke-dasharray": pen.dash,
  });

  /** @param {string} text @param {number} x @param {number} y @param {Attributes} painted */
  function write(text, x, y, painted) {
    const [, weight, size, family = ""] = pen.font.match(/^(?:(\S+) )?([\d.]+)px (.*)$/s) ?? [];
    const attributes = {
      x,
      y: y + (pen.textBaseline === "middle" ? DROP * Number(size) : 0),
      "font-family": escaped(family),
      "font-size": size,
      "font-weight": weight,
      "text-anchor": { center: "middle", right: "end" }[pen.textAlign],
    };
    if (text.trim()) put("text", { ...attributes, ...painted }, escaped(text.trimEnd()));
  }

  /** @param {HTMLCanvasElement} from @param {number[]} box */
  function image(from, [x, y, width, height]) {
    const look = { preserveAspectRatio: "none", style: "image-rendering:pixelated" };
    put("image", { x, y, width, height, ...look, href: from.toDataURL() });
  }

  /** @param {string} command */
  const adder =
    (command) =>
    (/** @type {number[]} */ ...to) => {
      path += (path || command === "M" ? command : "M") + short(...to);
    };

  const pen = {
    ...AT_FIRST,
    canvas,
    /** @returns {string} What was drawn. */
    drawn: () => marks.join("\n"),
    save: () => saved.push({ ...pen }),
    restore: () => Object.assign(pen, saved.pop()),
    /** @param {number[]} by */
    transform(...by) {
      const [a, b, c, d, e, f] = pen.matrix;
      const times = (/** @type {number} */ x, /** @type {number} */ y) => [
        a * x + c * y,
        b * x + d * y,
      ];
      const [x, y] = times(by[4], by[5]);
      pen.matrix = [...times(by[0], by[1]), ...times(by[2], by[3]), x + e, y + f];
    },
    /** @param {number} x @param {number} y */
    translate: (x, y) => pen.transform(1, 0, 0, 1, x, y),
    /** @param {number} angle */
    rotate(angle) {
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      pen.transform(cos, sin, -sin, cos, 0, 0);
    },
    /** @param {number[]} dash */
    setLineDash(dash) {
      pen.dash = dash.join(" ");
    },
    beginPath() {
      path = "";
    },
    closePath() {
      path += "Z";
    },
    moveTo: adder("M"),
    lineTo: adder("L"),
    bezierCurveTo: adder("C"),
    /** @param {Box} box */
    rect(...[x, y, width, height]) {
      path += `M${short(x, y)}h${short(width)}v${short(height)}h${short(-width)}Z`;
    },
    /** @param {number} x @param {number} y @param {number} r */
    arc(x, y, r) {
      path += `M${short(x - r, y)}a${short(r, r)} 0 1 0 ${short(2 * r)} 0a${short(r, r)} 0 1 0 ${short(-2 * r)} 0`;
    },
    fill: () => put("path", { d: path, ...ink("fill") }),
    stroke: () => put("path", { d: path, ...line() }),
    clip() {
      const shape = tag("path", { d: path, transform: transform() });
      const id = clips.get(shape) ?? newId();
      if (!clips.has(shape)) marks.push(tag("clipPath", { id }, shape));
      clips.set(shape, id);
      pen.around = `url(#${id})`;
    },
    /** @param {Box} box */
    fillRect(...[x, y, width, height]) {
      const painted = ink("fill");
      if (painted["fill-opacity"] !== 0) put("rect", { x, y, width, height, ...painted });
    },
    /** @param {Box} box */
    strokeRect: (...[x, y, width, height]) => put("rect", { x, y, width, height, ...line() }),
    clearRect() {
      marks = [];
    },
    /** @param {string} text @param {number} x @param {number} y */
    fillText: (text, x, y) => write(text, x, y, ink("fill")),
    /** @param {string} text @param {number} x @param {number} y */
    strokeText: (text, x, y) => write(text, x, y, line()),
    /** @param {string} text */
    measureText: (text) => ({ width: textWidth(text, pen.font) }),
    /** @param {HTMLCanvasElement} from @param {Box} box */
    drawImage(from, ...box) {
      const other = penOf?.(from);
      if (!other) return image(from, box);
      pen.save();
      pen.translate(box[0], box[1]);
      put("g", { opacity: pen.globalAlpha }, other.drawn());
      pen.restore();
    },
    /** @param {ImageData} pixels @param {number} x @param {number} y */
    putImageData(pixels, x, y) {
      const { width, height } = pixels;
      const from = Object.assign(element("canvas"), { width, height });
      from.getContext("2d")?.putImageData(pixels, 0, 0);
      image(
        from,
        [x, y, width, height].map((length) => length / ratio),
      );
    },
    /** @param {Box} ends @returns {Gradient} */
    createLinearGradient(...[x1, y1, x2, y2]) {
      const id = newId();
      const about = { id, gradientUnits: "userSpaceOnUse", x1, y1, x2, y2 };
      let inner = "";
      return {
        id,
        addColorStop(offset, colour) {
          inner += tag("stop", { offset: String(offset), "stop-color": colour });
        },
        get stops() {
          return tag("linearGradient", about, inner);
        },
      };
    },
  };
  return pen;
}

/**
 * @param {SvgPen} page
 * @param {number} width
 * @param {number} height
 * @param {string} title
 * @returns {string} An SVG file.
 */
export function svgFile(page, width, height, title) {
  const about = { xmlns: "http://www.w3.org/2000/svg", width, height };
  const inner = `<title>${escaped(title)}</title>\n${page.drawn()}`;
  return `${tag("svg", { ...about, viewBox: `0 0 ${short(width, height)}` }, inner)}\n`;
}
