//! Small views: what they show comes in as properties, what the user does goes out as callbacks.

mod add_films;
mod announcer;
mod answer;
mod canvas;
mod corners;
mod deferred;
mod demo_films;
mod failure;
mod film_list;
mod film_panel;
mod header;
mod heat_controls;
mod how_good;
mod icon;
mod lazy_details;
mod locale;
mod measured;
mod model_facts;
mod outcome_class;
mod prevalence;
mod probability_scale;
mod quality;
mod result;
mod start;
mod viewport;
mod withheld;

pub(super) use add_films::AddFilms;
pub(super) use announcer::Announcer;
pub(super) use demo_films::{DemoFilms, demo_films};
pub(super) use film_list::FilmList;
pub(super) use film_panel::FilmPanel;
pub(super) use header::Header;
pub(super) use locale::Locale;
pub(super) use start::Start;
