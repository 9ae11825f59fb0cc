//! What the page shows. `state` and `text` are plain and tested natively; `view` draws them.

pub mod picture;
pub mod state;
pub mod text;

#[cfg(feature = "page")]
mod app;
#[cfg(feature = "page")]
mod desk;
#[cfg(feature = "page")]
mod format;
#[cfg(feature = "page")]
mod view;

/// Shows the page.
#[cfg(feature = "page")]
pub fn run() {
    yew::Renderer::<app::App>::new().render();
}
