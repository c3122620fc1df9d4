/** What `bertviz_plus/design.json` says to the sense view. */

import design from "../../../bertviz_plus/design.json" with { type: "json" };

const { marks, places, names, curves, clusters } = design.senses;

export const { curves: CURVES, pinned: PINNED } = design.senses;

export const { narrow: NARROW, height: HEIGHT, random_trustworthiness: RANDOM } = design.senses;

export const { radius: RADIUS, of: RADIUS_OF, shrinks: SHRINKS, limits: RADII } = marks;
export const { narrow: NARROW_RADIUS, opacity: OPACITY, few: FEW, fades: FADES } = marks;
export const { palest: PALEST, rimmed_up_to: RIMMED, rim: RIM, unselected: UNSELECTED } = marks;
export const { unlabelled: UNLABELLED, stride: STRIDE } = marks;
export const { margin: MARGIN, fan_pitch: FAN_PITCH, same_spot: SAME_SPOT } = places;
export const { widest_fan: WIDEST_FAN } = places;

export const { most: NAMED, cell: CELL, neighbourhood: NEIGHBOURHOOD, apart: APART } = names;
export const { own: OWN, line: LINE, search: SEARCH, many: MANY } = names;

export const { left: LEFT, right: RIGHT, key: KEY, shares: SHARES, crowded: CROWDED } = curves;
export const { number_pitch: NUMBER_PITCH, stops: TOGETHER } = curves;

export const { hole: HOLE, first_colour: CLUSTER_COLOUR } = clusters;

export const { projections: PROJECTIONS } = design.words;
