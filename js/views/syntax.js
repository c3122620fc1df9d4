/** The syntax view: a sentence's gold tree above it, the tree of a head or of a probe below. */

import "./syntax.css";
import { alive } from "../shared/draw.js";
import { mounted } from "../shared/mount.js";
import { createFrame, FIELDS } from "./syntax/frame.js";
import { createStore } from "./syntax/store.js";

export default alive(
  mounted({
    name: "bvp-syntax",
    label: "Syntax view",
    fields: FIELDS,
    carrying: ["sentence"],
    isEmpty: ({ sentences }) => !sentences,
    whenEmpty:
      "There is no sentence to show. bp.SyntaxView.of(model, parses) makes a view of parsed sentences.",
    createStore: (model, _, arrived) => createStore(model, arrived),
    createFrame,
  }),
);
