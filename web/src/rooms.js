/** The rooms of the page in the order of their doors, one line each: the module makes its room known. */

import "./train/room.js";
import "./step/room.js";
import "./race/room.js";
import "./graph/room.js";
import "./lessons/room.js";
import "./lab/room.js";
