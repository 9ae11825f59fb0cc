// An extension of the OHIF viewer: a panel that reads the film in the active viewport.

import { define } from "@lungfield/reader";
import { Panel } from "./panel.js";

const ID = "@lungfield/ohif";
const TAG = "lungfield-ohif-panel";

/** What the viewer draws as the panel: one element, which does the rest. The viewer's React is not to be had from an address. */
const drawn = () => ({ $$typeof: Symbol.for("react.element"), type: TAG, key: null, ref: null, props: {}, _owner: null, _store: {} });

export default {
  id: ID,

  /** @param {{ servicesManager: any, extensionManager: any }} host */
  preRegistration(host) {
    define();
    if (!customElements.get(TAG)) {
      customElements.define(
        TAG,
        class extends Panel {
          host = host;
        },
      );
    }
  },

  getPanelModule: () => [{ name: "reader", iconName: "tab-linear", iconLabel: "Lungfield", label: "Lungfield", component: drawn }],
};
