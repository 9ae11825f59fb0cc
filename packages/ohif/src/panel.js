// The panel: follows the active viewport, has its film's file fetched by the viewer, and hands it to the element.

/** The kinds of images that can be chest films. */
const MODALITIES = ["CR", "DX"];
const LOADER = "@ohif/extension-cornerstone.utilityModule.common";

export class Panel extends HTMLElement {
  /** The viewer's services and extensions. @type {{ servicesManager: any, extensionManager: any }} */
  host = /** @type {any} */ (null);
  /** @type {import("@lungfield/reader").LungfieldReader | null} */
  #reader = null;
  /** The instance that is shown. */
  #shown = "";
  /** @type {{ unsubscribe: () => void }[]} */
  #following = [];

  connectedCallback() {
    const reader = /** @type {import("@lungfield/reader").LungfieldReader} */ (document.createElement("lungfield-reader"));
    reader.exports = "pdf dicom-sc dicom-sr";
    this.#reader = reader;
    // As the viewer is.
    this.style.colorScheme = "dark";
    this.replaceChildren(reader);
    const { viewportGridService, displaySetService } = this.host.servicesManager.services;
    const follow = (/** @type {any} */ service, /** @type {string[]} */ names) =>
      names.map((name) => service.EVENTS[name]).filter(Boolean).map((event) => service.subscribe(event, () => this.#follow()));
    this.#following = [
      ...follow(viewportGridService, ["ACTIVE_VIEWPORT_ID_CHANGED", "GRID_STATE_CHANGED", "VIEWPORTS_READY"]),
      ...follow(displaySetService, ["DISPLAY_SETS_ADDED", "DISPLAY_SETS_CHANGED"]),
    ];
    this.#follow();
  }

  disconnectedCallback() {
    for (const { unsubscribe } of this.#following) unsubscribe();
    this.#shown = "";
  }

  /** The instance in the active viewport. */
  #instance() {
    const { viewportGridService, displaySetService, cornerstoneViewportService } = this.host.servicesManager.services;
    const { activeViewportId, viewports } = viewportGridService.getState();
    const [uid] = viewports.get(activeViewportId)?.displaySetInstanceUIDs ?? [];
    const displaySet = uid && displaySetService.getDisplaySetByUID(uid);
    if (!displaySet) return null;
    const instances = displaySet.instances ?? displaySet.images ?? [];
    const at = cornerstoneViewportService?.getCornerstoneViewport?.(activeViewportId)?.getCurrentImageIdIndex?.() ?? 0;
    return instances[at] ?? instances[0] ?? displaySet.instance ?? null;
  }

  async #follow() {
    const instance = this.#instance();
    const uid = instance?.SOPInstanceUID ?? "";
    if (uid === this.#shown || !this.#reader) return;
    this.#shown = uid;
    this.#reader.clear();
    if (!instance || !MODALITIES.includes(instance.Modality)) return;
    try {
      const film = await this.#fetched(instance);
      // Meanwhile another one may be shown.
      if (uid === this.#shown) await this.#reader.read(film, { name: uid, frame: 1 });
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "AbortError") console.warn("Lungfield: the film could not be had from the viewer", error);
    }
  }

  /** The instance's file, as the viewer's data source has it. @param {any} instance @returns {Promise<ArrayBuffer>} */
  async #fetched(instance) {
    const { extensionManager, servicesManager } = this.host;
    const { dicomLoaderService } = extensionManager.getModuleEntry(LOADER).exports;
    const [source] = extensionManager.getActiveDataSource();
    const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = instance;
    const wadoRoot = instance.wadoRoot ?? source?.getConfig?.()?.wadoRoot;
    const wanted = { instance, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, wadoRoot, wadoUri: instance.wadoUri };
    return dicomLoaderService.findDicomDataPromise(wanted, null, servicesManager.services.userAuthenticationService.getAuthorizationHeader());
  }
}
