import assert from "node:assert/strict";
import { test } from "node:test";
import { createSvgPen, svgFile } from "../shared/svg_pen.js";

test("what a 2-D context would paint is written as marks, where it would be painted", () => {
  const pen = createSvgPen(null, 1);
  Object.assign(pen, { strokeStyle: "rgba(1,2,3,0.5)", lineWidth: 1.4, globalAlpha: 0.5 });
  pen.setLineDash([6, 4]);
  pen.beginPath();
  pen.moveTo(0, 1);
  pen.bezierCurveTo(1, 2, 3, 4, 5, 6.123);
  pen.stroke();
  const [curve] = pen.drawn().split("\n");
  assert.match(curve, /<path d="M0 1C1 2 3 4 5 6.12" fill="none" stroke="rgb\(1,2,3\)"/);
  assert.match(curve, /stroke-opacity="0.25" stroke-width="1.4".* stroke-dasharray="6 4"/);
  pen.save();
  pen.translate(10, 20);
  pen.rotate(Math.PI / 2);
  pen.fillStyle = "#123456";
  pen.fillRect(1, 2, 3, 4);
  pen.restore();
  pen.fillStyle = "rgba(0, 0, 0, 0)";
  pen.fillRect(0, 0, 9, 9);
  const marks = pen.drawn().split("\n");
  assert.equal(marks.length, 2);
  assert.match(marks[1], /x="1" y="2" width="3" height="4" .*matrix\(0 1 -1 0 10 20\)/);
  pen.clearRect();
  assert.equal(pen.drawn(), "");
});

test("text stays text, whatever letters are in it", () => {
  const pen = createSvgPen(null, 1);
  Object.assign(pen, { font: '600 20px "A B", serif', fillStyle: "#000", textAlign: "right" });
  pen.textBaseline = "middle";
  pen.fillText('</text><script>"&\u0000\ud83d', 5, 10);
  const file = svgFile(pen, 30, 40, "<title>");
  for (const one of ["<script", "<title><title", "\u0000", "\ud83d"])
    assert.ok(!file.includes(one));
  assert.match(file, /x="5" y="17" font-family="&#34;A B&#34;, serif" font-size="20"/);
  assert.match(file, /font-weight="600" text-anchor="end"/);
  assert.match(file, /viewBox="0 0 30 40"/);
  pen.fillText("   ", 0, 0);
  assert.equal(pen.drawn().match(/<text/g)?.length, 1);
});

test("one clip is defined once, and canvases are put where they stand", () => {
  const inner = createSvgPen(null, 2);
  inner.fillStyle = "#abc";
  inner.beginPath();
  inner.arc(3, 4, 2);
  inner.fill();
  const canvas = /** @type {any} */ ({});
  const page = createSvgPen(null, 1, (one) => (one === canvas ? inner : undefined));
  for (let k = 0; k < 2; k++) {
    page.save();
    page.beginPath();
    page.rect(0, 0, 50, 60);
    page.clip();
    page.globalAlpha = 0.1;
    page.drawImage(canvas, 7, 8, 50, 60);
    page.restore();
  }
  const drawn = page.drawn();
  assert.equal(drawn.match(/<clipPath/g)?.length, 1);
  assert.equal(drawn.match(/opacity="0.1" transform="matrix\(1 0 0 1 7 8\)"/g)?.length, 2);
  assert.match(drawn, /d="M1 4a2 2 0 1 0 4 0a2 2 0 1 0 -4 0"/);
});
