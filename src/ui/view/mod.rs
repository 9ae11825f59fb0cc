//! Small views without a will of their own: what they show comes in, what the user does goes out.

mod add_films;
mod announcer;
mod canvas;
mod corners;
mod demo_films;
mod failure;
mod film_list;
mod film_panel;
mod folded;
mod header;
mod heat;
mod held_back;
mod icon;
mod later;
mod measured;
mod model_facts;
mod prevalence;
mod quality;
mod result;
mod scale;
mod stage;
mod start;
mod words;

pub(super) use add_films::AddFilms;
pub(super) use announcer::Announcer;
pub(super) use demo_films::{DemoFilms, demo_films};
pub(super) use film_list::FilmList;
pub(super) use film_panel::FilmPanel;
pub(super) use header::Header;
pub(super) use start::Start;
pub(super) use words::Words;
