//! The example in README.md does what it shows. Percentages are left out: they move with the model.

use std::path::Path;
use std::process::Command;

/// A line without its column of percentages.
fn without_percent(line: &str) -> String {
    let words = line.split_whitespace().collect::<Vec<_>>();
    let percent = words.iter().position(|&word| word == "%");
    let number = |at: usize| percent.is_some_and(|percent| at <= percent && at > 0);
    words.iter().enumerate().filter(|(at, _)| !number(*at)).map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_readme_shows_what_the_command_prints() {
    let readme = include_str!("../README.md");
    let example = readme.split("```console\n").nth(1).and_then(|rest| rest.split("```").next());
    let (command, shown) = example.and_then(|example| example.split_once('\n')).expect("an example");
    let arguments = command.strip_prefix("$ lungfield ").expect("a command").split_whitespace();

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(env!("CARGO_BIN_EXE_lungfield")).current_dir(root).args(arguments).output();
    let output = output.expect("the command runs");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let lines = |text: &str| text.lines().map(without_percent).collect::<Vec<_>>();
    assert_eq!(lines(&printed), lines(shown));
}
