//! A sheet in every script of the app, as a picture and as pages.

use lungfield_sheet::{Bar, Block, Date, Fonts, Ink, Part, Picture, Sheet, Text};

const AT: Date = Date { year: 2026, month: 11, day: 29, hour: 10, minute: 0, second: 5, offset: 330 };

fn text(text: &str) -> Block {
    Block::Text(Text { text: text.into(), size: 12.0, ink: Ink::BLACK })
}

fn sheet(blocks: Vec<Block>) -> Sheet {
    Sheet { title: "A sheet".into(), language: "en".into(), blocks }
}

fn height(sheet: &Sheet) -> u32 {
    sheet.rgb(&Fonts::noto()).expect("paints").1
}

fn pages(sheet: &Sheet) -> usize {
    let pdf = sheet.pdf(&Fonts::noto(), AT, "one").expect("writes");
    let text = String::from_utf8_lossy(&pdf);
    text.matches("/Type/Page/").count() + text.matches("/Type /Page\n").count()
}

#[test]
fn every_script_of_the_app_has_its_letters() {
    // A letter that no font has would be drawn as a question mark, and both lines would be alike.
    for (word, questions) in [
        ("निमोनिया", "????????"),
        ("নিউমোনিয়া", "??????????"),
        ("ન્યુમોનિયા", "??????????"),
        ("நிமோனியா", "????????"),
        ("న్యుమోనియా", "??????????"),
        ("ನ್ಯುಮೋನಿಯಾ", "??????????"),
    ] {
        let fonts = Fonts::noto();
        let painted = |word: &str| sheet(vec![text(word)]).rgb(&fonts).expect("paints").2;
        assert_ne!(painted(word), painted(questions), "{word}");
    }
}

#[test]
fn vowel_signs_are_put_where_they_are_written() {
    // The sign for i stands before its consonant: set one after the other, the two would lie the other way round.
    let fonts = Fonts::noto();
    let painted = |word: &str| sheet(vec![text(word)]).rgb(&fonts).expect("paints").2;
    assert_ne!(painted("कि"), painted("क ि"));
}

#[test]
fn what_no_font_has_is_a_question_mark_and_the_pdf_is_still_written() {
    let fonts = Fonts::noto();
    let painted = |word: &str| sheet(vec![text(word)]).rgb(&fonts).expect("paints").2;
    assert_eq!(painted("胸部.png"), painted("??.png"));
    sheet(vec![text("胸部 \u{1f600}\n.png")]).pdf(&fonts, AT, "one").expect("writes");
}

#[test]
fn long_words_are_broken_and_long_sheets_have_several_pages() {
    let hash = "0123456789abcdef".repeat(20);
    assert!(height(&sheet(vec![text(&hash)])) > height(&sheet(vec![text("one line")])));
    let long = sheet((0..90).map(|line| text(&format!("line {line}"))).collect());
    assert_eq!(pages(&sheet(vec![text("one line")])), 1);
    assert_eq!(pages(&long), 3);
}

#[test]
fn pictures_stand_side_by_side_and_the_bar_has_its_colours() {
    let picture = |rgb: [u8; 3]| Picture {
        width: 40,
        height: 50,
        rgb: rgb.repeat(40 * 50),
        caption: Text { text: "caption".into(), size: 9.0, ink: Ink::GREY },
    };
    let bar = Bar {
        parts: vec![Part { to: 0.4, ink: Ink([0, 0, 200]) }, Part { to: 1.0, ink: Ink([200, 100, 0]) }],
        at: 0.7,
    };
    let sheet = sheet(vec![Block::Pictures(vec![picture([250, 0, 0]), picture([0, 250, 0])]), Block::Bar(bar)]);
    let (width, height, rgb) = sheet.rgb(&Fonts::noto()).expect("paints");
    let at = |x: f32, y: f32| {
        let (x, y) = ((x * width as f32) as usize, (y * height as f32) as usize);
        &rgb[(y * width as usize + x) * 3..][..3]
    };
    assert_eq!([at(0.3, 0.4), at(0.7, 0.4)], [[250, 0, 0], [0, 250, 0]]);
    assert!(rgb.chunks(3).any(|pixel| pixel == [0, 0, 200]) && rgb.chunks(3).any(|pixel| pixel == [200, 100, 0]));
}

#[test]
fn a_picture_of_the_wrong_size_is_an_error() {
    let caption = Text { text: String::new(), size: 9.0, ink: Ink::GREY };
    let picture = Picture { width: 2, height: 2, rgb: vec![0; 11], caption };
    assert!(sheet(vec![Block::Pictures(vec![picture])]).rgb(&Fonts::noto()).is_err());
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    let sheet = sheet(vec![text("निमोनिया 93%")]);
    let bytes = || sheet.pdf(&Fonts::noto(), AT, "one").expect("writes");
    assert_eq!(bytes(), bytes());
    assert_ne!(bytes(), sheet.pdf(&Fonts::noto(), AT, "two").expect("writes"));
}
