/** The masked-word view: a sentence to change, what a model predicts before and after, and why. */

import "./masked.css";
import { alive } from "../shared/draw.js";
import { mounted } from "../shared/mount.js";
import { createFrame, FIELDS } from "./masked/frame.js";
import { createStore } from "./masked/store.js";

export default alive(
  mounted({
    name: "bvp-masked",
    label: "Masked-word view",
    fields: FIELDS,
    carrying: ["text"],
    isEmpty: ({ asked }) => !asked,
    whenEmpty:
      'There is nothing to show. bp.MaskedView(model, "A robin is a [MASK].") asks a model.',
    createStore: (model, _, arrived) => createStore(model, arrived),
    createFrame,
  }),
);
