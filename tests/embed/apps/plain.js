// A portal without a framework.

import "@lungfield/reader/define";
import "./portal.js";
