use super::{meta, window};

/// The address of the workers' script: of those whose networks the inference engine tract runs, or of the usual ones.
pub fn worker_script(tract: bool) -> Option<String> {
    meta(if tract { "tract" } else { "worker" })
}

/// Whether the build has workers with tract.
pub fn has_tract() -> bool {
    worker_script(true).is_some()
}

/// Whether the page was opened with `?engine=tract`, as `www/start.js` reads it.
pub fn asks_for_tract() -> bool {
    has_tract() && window().location().search().is_ok_and(|search| search == "?engine=tract")
}
