use std::rc::Rc;

use lungfield_contract::{
    Error, Grade, Heatmap, Kind, Manifest, Milliseconds, Orientation, Outcome, Prevalence, Reading, Rectangle,
    ReportedGate, Seen, Stage, Status,
};
use lungfield_presenter::Verdict;

use super::{Action, Early, Ending, Engine, Film, Progress, Session, agreement};
use crate::bridge::{Answer, Detail, FilmId, LoadFailure, Picture, Samples, WorkerEvent};

/// The shipped model's contract: the page must be able to read it.
fn manifest() -> Rc<Manifest> {
    Rc::new(Manifest::from_json(include_bytes!("../../../models/manifest.json")).expect("is a manifest"))
}

fn picture() -> Option<Rc<Picture>> {
    Picture::new(2, 2, Samples::Eight(vec![9; 4])).map(Rc::new)
}

/// The answer for a film at a distance from those that the model knows, where 2 is the limit.
fn answer_at(logit: f64, distance: f64) -> Answer {
    let map = Heatmap::new(1, 1, vec![1.0], lungfield_contract::Class::Pneumonia);
    let orientation = Orientation::UPRIGHT;
    let gate = ReportedGate { orientation, distance, unlike_from: 2.0, refused_from: 3.0, adult_score: None };
    let reading = Reading::read("a.png", &manifest(), logit, &map, gate, Milliseconds::default());
    Answer {
        reading: Rc::new(reading),
        other: None,
        thumbnail: picture(),
        picture: picture(),
        photograph: picture(),
        retriable: false,
        size: Some((2, 2)),
        header: Some(Rc::default()),
    }
}

fn answer(logit: f64) -> Answer {
    answer_at(logit, 1.0)
}

fn unlike(logit: f64) -> Answer {
    answer_at(logit, 2.5)
}

fn refusal(stage: Stage, kind: Kind, picture: Option<Rc<Picture>>) -> Answer {
    let error = Error::new(stage, kind, "for a reason");
    let reading = Reading::without_answer("a.txt", &manifest(), &error, Milliseconds::default());
    Answer {
        reading: Rc::new(reading),
        other: None,
        thumbnail: picture.clone(),
        picture,
        photograph: None,
        retriable: false,
        size: None,
        header: None,
    }
}

fn not_a_picture() -> Answer {
    refusal(Stage::Decode, Kind::UnsupportedFormat, None)
}

fn not_a_chest_film() -> Answer {
    refusal(Stage::Check, Kind::NotAChestFilm, picture())
}

fn with_films(count: u32) -> Session {
    let films = (0..count).map(|i| Film::new(FilmId(i), format!("{i}.png"))).collect();
    Session::default().reduce(Action::Add(films))
}

fn on_event(session: &Session, event: WorkerEvent) -> Session {
    session.reduce(Action::Worker(event))
}

fn selected(session: &Session) -> Option<u32> {
    session.selected().map(|film| film.id.0)
}

#[test]
fn new_films_are_shown_at_once_and_keep_their_order() {
    let session = with_films(2).reduce(Action::Add(vec![Film::new(FilmId(2), "new"), Film::new(FilmId(3), "newer")]));
    assert_eq!(selected(&session), Some(2));
    assert_eq!(session.films.iter().map(|film| film.id.0).collect::<Vec<_>>(), [0, 1, 2, 3]);
}

#[test]
fn adding_nothing_changes_nothing() {
    let session = with_films(1);
    assert_eq!(session.reduce(Action::Add(Vec::new())), session);
}

#[test]
fn a_film_is_seen_as_it_came_until_it_has_its_answer() {
    let shown = || WorkerEvent::Shown(FilmId(0), picture().expect("is a picture"));
    let session = on_event(&with_films(1), shown());
    assert_eq!(session.films[0].early, picture().map(Early::Picture));
    let answered = on_event(&session, WorkerEvent::Answered(FilmId(0), answer(1.0)));
    assert_eq!(on_event(&answered, shown()).films[0].early, None);
    assert_eq!(on_event(&session.reduce(Action::Clear), shown()).films, []);
}

#[test]
fn the_next_film_takes_a_removed_one_s_place() {
    let session = with_films(3).reduce(Action::Select(FilmId(1)));
    let session = session.reduce(Action::Remove(vec![FilmId(1)]));
    assert_eq!(selected(&session), Some(2));
    let session = session.reduce(Action::Remove(vec![FilmId(2)]));
    assert_eq!(selected(&session), Some(0));
    let session = session.reduce(Action::Remove(vec![FilmId(0)]));
    assert_eq!((selected(&session), session.films.len()), (None, 0));
}

#[test]
fn stepping_goes_to_the_neighbour_and_stays_at_the_ends() {
    let session = with_films(3);
    let after = |steps: &[isize]| {
        let session = steps.iter().fold(session.clone(), |session, step| session.reduce(Action::Step(*step)));
        selected(&session)
    };
    assert_eq!([after(&[1]), after(&[1, 1, 1]), after(&[1, -1]), after(&[-1])], [Some(1), Some(2), Some(0), Some(0)]);
}

#[test]
fn what_was_removed_last_comes_back_to_its_place() {
    let session = with_films(4).reduce(Action::Select(FilmId(1)));
    let fewer = session.reduce(Action::Remove(vec![FilmId(0), FilmId(1)]));
    assert_eq!((ids(&fewer), selected(&fewer)), (vec![2, 3], Some(2)));
    let back = fewer.reduce(Action::Undo);
    assert_eq!((ids(&back), selected(&back), &back.removed), (vec![0, 1, 2, 3], Some(1), &None));
    let cleared = back.reduce(Action::Clear);
    assert_eq!((ids(&cleared), selected(&cleared)), (vec![], None));
    assert_eq!(cleared.reduce(Action::Undo), back);
    let forgotten = cleared.reduce(Action::Forget);
    assert_eq!(forgotten.reduce(Action::Undo), forgotten);
}

#[test]
fn films_that_came_meanwhile_stay_when_others_come_back() {
    let session = with_films(2).reduce(Action::Clear).reduce(Action::Add(vec![Film::new(FilmId(2), "new")]));
    let session = session.reduce(Action::Undo);
    assert_eq!((ids(&session), selected(&session)), (vec![0, 1, 2], Some(0)));
}

#[test]
fn what_comes_back_unread_is_to_be_read() {
    let session = on_event(&with_films(2), WorkerEvent::Answered(FilmId(0), answer(50.0))).reduce(Action::Clear);
    assert_eq!(session.removed.expect("can be undone").unread(), [FilmId(1)]);
}

#[test]
fn of_one_outcome_alone_its_films_are_gone_through() {
    let session = (0..4).fold(with_films(4), |session, i| {
        on_event(&session, WorkerEvent::Answered(FilmId(i), answer(if i % 2 == 0 { -50.0 } else { 50.0 })))
    });
    let likely = session.reduce(Action::Only(Some(Ending::Likely)));
    let listed = |session: &Session| session.listed().map(|film| film.id.0).collect::<Vec<_>>();
    assert_eq!((listed(&likely), selected(&likely)), (vec![1, 3], Some(1)), "the first of them is shown");
    assert_eq!(selected(&likely.reduce(Action::Step(1))), Some(3));
    let other = likely.reduce(Action::Select(FilmId(2)));
    assert_eq!(listed(&other), [1, 2, 3], "what is shown is listed");
    assert_eq!(listed(&likely.reduce(Action::Only(None))), [0, 1, 2, 3]);
    assert_eq!(listed(&likely.reduce(Action::Add(vec![Film::new(FilmId(9), "new")]))).len(), 5);
}

#[test]
fn a_film_that_failed_waits_once_more_when_it_is_tried_again() {
    let session = on_event(&with_films(1), WorkerEvent::Ready(manifest()));
    let session = on_event(&session, WorkerEvent::Crashed(FilmId(0), Stage::Infer));
    assert!(session.films[0].answer().expect("has ended").retriable);
    assert_eq!(session.reduce(Action::Retry(FilmId(0))).films[0].progress, Progress::Waiting);
}

#[test]
fn removing_another_film_keeps_the_shown_one() {
    let session = with_films(3).reduce(Action::Select(FilmId(1))).reduce(Action::Remove(vec![FilmId(0)]));
    assert_eq!(selected(&session), Some(1));
}

#[test]
fn of_several_removed_films_the_shown_one_s_place_is_taken_by_one_that_stays() {
    let session = with_films(4).reduce(Action::Select(FilmId(1)));
    let session = session.reduce(Action::Remove(vec![FilmId(1), FilmId(2), FilmId(3)]));
    assert_eq!((selected(&session), session.films.len()), (Some(0), 1));
}

#[test]
fn a_film_goes_from_waiting_through_its_stages_to_its_answer() {
    let session = with_films(1);
    assert_eq!(session.films[0].progress, Progress::Waiting);
    let session = on_event(&session, WorkerEvent::Stage(FilmId(0), Stage::Infer));
    assert_eq!(session.films[0].progress, Progress::Reading(Stage::Infer));
    let session = on_event(&session, WorkerEvent::Answered(FilmId(0), answer(50.0)));
    assert_eq!(session.films[0].reading().and_then(|reading| reading.outcome), Some(Outcome::Likely));
    assert!(session.films[0].thumbnail().is_some());
}

#[test]
fn the_stages_of_a_film_that_is_not_shown_change_nothing_after_the_first() {
    let session = on_event(&with_films(2), WorkerEvent::Stage(FilmId(1), Stage::Decode));
    assert_eq!(session.films[1].progress, Progress::Reading(Stage::Decode));
    assert_eq!(on_event(&session, WorkerEvent::Stage(FilmId(1), Stage::Infer)), session);
}

#[test]
fn a_film_that_was_removed_meanwhile_is_not_brought_back() {
    let session = with_films(1).reduce(Action::Clear);
    assert_eq!(on_event(&session, WorkerEvent::Answered(FilmId(0), answer(1.0))).films, []);
}

fn ids(session: &Session) -> Vec<u32> {
    session.films.iter().map(|film| film.id.0).collect()
}

#[test]
fn the_films_of_an_archive_take_its_place() {
    let found = vec![(FilmId(3), "a.zip/1".into()), (FilmId(4), "a.zip/2".into())];
    let session = with_films(3).reduce(Action::Select(FilmId(1)));
    let session = on_event(&session, WorkerEvent::Expanded(FilmId(1), found.clone()));
    assert_eq!((ids(&session), selected(&session)), (vec![0, 3, 4, 2], Some(3)));
    assert_eq!((&*session.films[1].name, &session.films[1].progress), ("a.zip/1", &Progress::Waiting));
    let session = on_event(&session, WorkerEvent::Expanded(FilmId(0), vec![(FilmId(5), "b.zip/1".into())]));
    assert_eq!((ids(&session), selected(&session)), (vec![5, 3, 4, 2], Some(3)), "what is shown stays");
    let cleared = session.reduce(Action::Clear);
    assert_eq!(ids(&on_event(&cleared, WorkerEvent::Expanded(FilmId(2), found))), [0; 0], "it was removed meanwhile");
}

#[test]
fn a_crash_fails_the_film_being_read_and_no_other() {
    let session = on_event(&with_films(2), WorkerEvent::Ready(manifest()));
    let session = on_event(&session, WorkerEvent::Stage(FilmId(0), Stage::Decode));
    let session = on_event(&on_event(&session, WorkerEvent::Crashed(FilmId(0), Stage::Infer)), WorkerEvent::Starting);
    let reading = session.films[0].reading().expect("has ended");
    assert_eq!(
        (reading.status, reading.reason.as_ref().map(|reason| reason.kind)),
        (Status::Failed, Some(Kind::Engine))
    );
    assert_eq!(session.films[1].progress, Progress::Waiting);
    assert_eq!(session.engine, Engine::Starting);
}

#[test]
fn a_model_that_does_not_come_can_be_asked_for_again() {
    let failure = LoadFailure::Download { detail: "404".into() };
    let session = on_event(&with_films(1), WorkerEvent::NotReady(failure.clone()));
    assert_eq!(session.engine, Engine::Failed(failure));
    assert_eq!(on_event(&session, WorkerEvent::Starting).engine, Engine::Starting);
}

#[test]
fn the_tally_counts_each_film_once() {
    let session = with_films(6);
    let session = on_event(&session, WorkerEvent::Answered(FilmId(0), answer(50.0)));
    let session = on_event(&session, WorkerEvent::Answered(FilmId(1), answer(-50.0)));
    let session = on_event(&session, WorkerEvent::Answered(FilmId(2), not_a_picture()));
    let session = on_event(&session, WorkerEvent::Answered(FilmId(3), unlike(50.0)));
    let session = on_event(&session, WorkerEvent::Stage(FilmId(4), Stage::Decode));
    assert_eq!(Ending::ALL.map(|ending| ending.count(&session.films)), [0, 1, 0, 1, 1, 1, 2]);
}

#[test]
fn an_answer_that_is_withheld_is_shown_and_marked_once_the_user_asks_for_it() {
    let session = on_event(&with_films(2), WorkerEvent::Answered(FilmId(0), unlike(50.0)));
    let session = on_event(&session, WorkerEvent::Answered(FilmId(1), unlike(-50.0)));
    assert_eq!(session.films[0].verdict(), Some(Verdict::Withheld));
    let session = session.reduce(Action::Reveal(FilmId(0)));
    let Some(Verdict::Answered { outcome, revealed, .. }) = session.films[0].verdict() else {
        panic!("still withheld")
    };
    assert_eq!((outcome, revealed), (Outcome::Likely, true));
    assert_eq!(session.films[1].verdict(), Some(Verdict::Withheld), "nobody asked for this one");
}

#[test]
fn an_answer_waits_until_the_user_has_said_what_she_sees() {
    let answered = |session: &Session, film, answer| on_event(session, WorkerEvent::Answered(FilmId(film), answer));
    let session = answered(&with_films(5), 0, answer(50.0)).reduce(Action::ReadFirst(true));
    assert_eq!(Ending::of(&session.films[0]), Ending::Likely, "it had been seen");
    let session = answered(&answered(&session, 1, answer(50.0)), 2, answer(-50.0));
    let session = answered(&answered(&session, 3, not_a_chest_film()), 4, unlike(50.0));
    let later = session.films.iter().map(|film| Ending::of(film) == Ending::Later).collect::<Vec<_>>();
    assert_eq!(later, [false, true, true, false, true], "one without an answer waits for nobody");

    let none = Seen { quality: Grade::Adequate, consolidation: false, other_infiltrate: false, effusion: false };
    let says = |session: &Session, film, seen| session.reduce(Action::Saw(FilmId(film), seen));
    let session = says(&says(&session, 1, Some(none)), 4, Some(none));
    assert_eq!(Ending::of(&session.films[1]), Ending::Likely);
    assert_eq!(session.films[1].marks().seen_first, Some(none));
    assert_eq!(session.films[4].verdict(), Some(Verdict::Withheld), "what is withheld stays so");
    assert_eq!(agreement(&session.films), (0, 1));
    let session = says(&session, 2, Some(none));
    assert_eq!(agreement(&session.films), (1, 2));

    let another = session.reduce(Action::Add(vec![Film::new(FilmId(9), "new.png")]));
    let another = answered(&another, 9, answer(50.0));
    assert_eq!(Ending::of(&another.films[5]), Ending::Later);
    assert_eq!(Ending::of(&says(&another, 9, None).films[5]), Ending::Likely);
    let off = another.reduce(Action::ReadFirst(false));
    assert_eq!(Ending::of(&off.films[5]), Ending::Likely);
    assert_eq!(off.films[1].marks().seen_first, Some(none));
}

#[test]
fn an_ordinary_answer_is_shown_without_asking_and_without_a_mark() {
    let session = on_event(&with_films(1), WorkerEvent::Answered(FilmId(0), answer(-50.0)));
    let Some(Verdict::Answered { outcome, revealed, .. }) = session.films[0].verdict() else { panic!("not shown") };
    assert_eq!((outcome, revealed), (Outcome::Unlikely, false));
}

#[test]
fn no_asking_makes_an_answer_of_a_refusal() {
    let session = on_event(&with_films(1), WorkerEvent::Answered(FilmId(0), not_a_chest_film()));
    let session = session.reduce(Action::Reveal(FilmId(0)));
    assert_eq!(session.films[0].verdict(), Some(Verdict::Unanswered(Kind::NotAChestFilm)));
}

#[test]
fn what_was_asked_for_stays_shown_when_the_film_is_read_again_for_its_picture() {
    let session =
        on_event(&with_films(1), WorkerEvent::Answered(FilmId(0), unlike(50.0))).reduce(Action::Reveal(FilmId(0)));
    let session = on_event(&session, WorkerEvent::Answered(FilmId(0), unlike(50.0)));
    assert!(matches!(session.films[0].verdict(), Some(Verdict::Answered { revealed: true, .. })));
}

#[test]
fn a_prevalence_is_kept_for_all_films() {
    let prevalence = Prevalence::new(0.05);
    let session = with_films(1).reduce(Action::SetPrevalence(prevalence)).reduce(Action::Clear);
    assert_eq!(session.prevalence, prevalence);
    assert_eq!(session.reduce(Action::SetPrevalence(None)).prevalence, None);
}

#[test]
fn the_shown_film_s_detail_is_kept_until_it_is_read_again() {
    let session = Session::default().reduce(Action::Add(vec![Film::new(FilmId(1), "a"), Film::new(FilmId(2), "b")]));
    let picture = picture().expect("is one");
    let detail = Rc::new(Detail { part: Rectangle::FILM, picture, shown: None });
    let looked = session.reduce(Action::Worker(WorkerEvent::Looked(FilmId(1), detail.clone())));
    assert_eq!(looked.detail(), Some(&detail));
    assert_eq!(looked.reduce(Action::Select(FilmId(2))).detail(), None);
    let elsewhere = looked.reduce(Action::Worker(WorkerEvent::Answered(FilmId(2), answer(3.0))));
    assert_eq!(elsewhere.detail(), Some(&detail));
    let again = looked.reduce(Action::Worker(WorkerEvent::Answered(FilmId(1), answer(3.0))));
    assert_eq!(again.detail(), None);
}

#[test]
fn old_pictures_are_evicted_but_never_the_shown_one() {
    let count = 30;
    let session = (0..count)
        .fold(with_films(count), |session, i| on_event(&session, WorkerEvent::Answered(FilmId(i), answer(1.0))));
    let cached: Vec<u32> = session.films.iter().filter(|film| !film.needs_picture()).map(|film| film.id.0).collect();
    assert_eq!(cached, [0, 28, 29]);
    assert!(session.films[3].thumbnail().is_some());
    assert_eq!(session.films[3].answer().and_then(|answer| answer.photograph.clone()), None);
}

#[test]
fn a_film_read_again_for_its_picture_keeps_its_answer_meanwhile() {
    let mut session = on_event(&with_films(1), WorkerEvent::Answered(FilmId(0), answer(50.0)));
    session.films[0].evict_picture();
    assert!(session.films[0].needs_picture());
    let session = on_event(&session, WorkerEvent::Stage(FilmId(0), Stage::Infer));
    assert_eq!(session.films[0].reading().and_then(|reading| reading.outcome), Some(Outcome::Likely));
    let session = on_event(&session, WorkerEvent::Answered(FilmId(0), answer(50.0)));
    assert!(!session.films[0].needs_picture());
}

#[test]
fn a_file_that_is_no_picture_has_none_to_be_read_again_for() {
    let session = on_event(&with_films(1), WorkerEvent::Answered(FilmId(0), not_a_picture()));
    assert!(!session.films[0].can_be_shown() && !session.films[0].needs_picture());
}

#[test]
fn a_refused_picture_can_be_looked_at() {
    let mut session = on_event(&with_films(1), WorkerEvent::Answered(FilmId(0), not_a_chest_film()));
    assert!(session.films[0].can_be_shown() && !session.films[0].needs_picture());
    session.films[0].evict_picture();
    assert!(session.films[0].needs_picture());
}

#[test]
fn a_film_that_the_reader_dies_of_is_not_read_again_for_its_picture() {
    let session = on_event(&with_films(1), WorkerEvent::Ready(manifest()));
    let mut session = on_event(&session, WorkerEvent::Answered(FilmId(0), answer(50.0)));
    session.films[0].evict_picture();
    let session = on_event(&session, WorkerEvent::Crashed(FilmId(0), Stage::Infer));
    assert!(!session.films[0].can_be_shown() && !session.films[0].needs_picture());
}
