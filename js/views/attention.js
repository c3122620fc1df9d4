/** The attention view: every head of a model, four ways to look. */

import "./attention.css";
import { alive } from "../shared/draw.js";
import { mounted } from "../shared/mount.js";
import { createFrame } from "./attention/frame.js";
import { CARRYING, FIELDS } from "./attention/state.js";
import { createStore } from "./attention/store.js";

export default alive(
  mounted({
    name: "bvp-attention",
    label: "Attention view",
    fields: FIELDS,
    carrying: CARRYING,
    isEmpty: () => false,
    whenEmpty: "",
    createStore,
    createFrame,
  }),
);
