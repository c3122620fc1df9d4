/** The sense view: every occurrence of a word, layer by layer, and what the picture does not show. */

import "./senses.css";
import { alive } from "../shared/draw.js";
import { mounted } from "../shared/mount.js";
import { createFrame, FIELDS } from "./senses/frame.js";
import { createStore } from "./senses/store.js";

export default alive(
  mounted({
    name: "bvp-senses",
    label: "Sense view",
    fields: FIELDS,
    isEmpty: ({ count }) => !count,
    whenEmpty: "There is no occurrence to show. bp.occurrences(model, word, texts) finds them.",
    createStore: (model, _, arrived) => createStore(model, arrived),
    createFrame,
  }),
);
