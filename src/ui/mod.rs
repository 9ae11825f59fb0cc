//! What the page shows. `view` draws; everything else that does not need a browser is plain and tested natively.

pub mod state;
pub mod tone;

#[cfg(feature = "page")]
mod app;
#[cfg(feature = "page")]
mod controller;
#[cfg(feature = "page")]
mod format;
#[cfg(feature = "page")]
mod history;
#[cfg(feature = "page")]
mod installed;
#[cfg(feature = "page")]
mod own;
#[cfg(feature = "page")]
mod taking;
#[cfg(feature = "page")]
mod view;

/// Shows the page.
#[cfg(feature = "page")]
pub fn run() {
    yew::Renderer::<app::App>::new().render();
}
