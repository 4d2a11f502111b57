/** From which side one looks first: from the front and from not too high up, unless a hill would be in the way. */

/** @import { Camera } from "./camera.js" */
/** @import { Point } from "./matrices.js" */
/** @import { Relief } from "./relief.js" */

const DEGREE = Math.PI / 180;
/**
 * Never straight at a wall, where an axis would hide behind the ground. From the first x goes to the right and y away from the
 * eye, as on the flat picture.
 */
const SIDES = [-66, -114, -24, -156, 24, 156, 66, 114].map((each) => each * DEGREE);
const LEVELS = [36, 46, 58, 70].map((each) => each * DEGREE);
/** What stands on a place is seen above it. */
const RAISED = 0.04;
/** What turning further, or looking from higher up, must show more of what there is to see. */
const [ASIDE, ABOVE] = [0.03, 0.03];

/**
 * @param {Camera} camera  is turned
 * @param {Relief} relief
 * @param {Point[][]} groups  of places that are to be in sight, one group as much as another
 */
export function openingView(camera, relief, groups) {
  const seen = groups.filter((places) => places.length > 0);
  let best = -Infinity;
  let found = { azimuth: SIDES[0], elevation: LEVELS[0] };
  LEVELS.forEach((elevation, above) =>
    SIDES.forEach((azimuth, aside) => {
      const [ce, se] = [10 * Math.cos(elevation), 10 * Math.sin(elevation)];
      const eye = /** @type {Point} */ ([ce * Math.cos(azimuth), ce * Math.sin(azimuth), se]);
      const share = (/** @type {Point[]} */ places) =>
        places.filter(([x, y, z]) => !relief.hides([x, y, z + RAISED], eye)).length / places.length / seen.length;
      const shown = seen.reduce((total, places) => total + share(places), 0);
      const worth = shown - ASIDE * aside - ABOVE * above;
      if (worth > best) [best, found] = [worth, { azimuth, elevation }];
    }),
  );
  Object.assign(camera, found);
}
