/** What is on the page in every room and is no room, one line each: the module makes it known. */

import "./follow/part.js";
import "./class/part.js";
import "./class/own/part.js";
