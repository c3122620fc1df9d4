/** The alignment view: words that mean the same, layer by layer and method by method. */

import "./alignment.css";
import { alive } from "../shared/draw.js";
import { mounted } from "../shared/mount.js";
import { createFrame, FIELDS } from "./alignment/frame.js";
import { createStore } from "./alignment/store.js";

export default alive(
  mounted({
    name: "bvp-alignment",
    label: "Alignment view",
    fields: FIELDS,
    carrying: ["pair"],
    isEmpty: ({ pairs }) => !pairs?.length,
    whenEmpty:
      "There is no pair of sentences to show. bp.AlignmentView.of(model, source, target) makes a view of one.",
    createStore: (model, _, arrived) => createStore(model, arrived),
    createFrame,
  }),
);
