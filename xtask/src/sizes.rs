//! What a visitor downloads, against a budget.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Result, bail, ensure};

use crate::{finish::is_on_demand, paths};

/// The recorded sizes in kB (1,000 bytes), compressed as sent, with the growth that needs no word, and never less than one in a
/// hundred: the same source comes out up to 3 kB larger in another folder or on another machine. Raising one is a decision:
/// say why in the commit.
const BUDGETS: [(&str, u64); 12] = [
    ("page", 397),
    ("languages", 85),
    ("first worker", 370),
    ("first relaxed", 368),
    ("worker", 636),
    ("relaxed worker", 632),
    ("model", 690),
    ("model card", 98),
    ("exporter", 1_245),
    ("history", 119),
    ("tract", 4_040),
    ("other", 40),
];

/// Prints the size of each part of the site in `folder`, before and after compression.
///
/// # Errors
/// If there is no build, or a part weighs more than its budget.
pub fn report(folder: &Path) -> Result<()> {
    ensure!(folder.join("index.html").is_file(), "there is no build: run `cargo xtask build`");
    let mut parts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for path in paths::all_files(folder)? {
        let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
        if name.ends_with(".br") || name == "_headers" || name.starts_with("packages/") {
            continue;
        }
        let raw = fs::metadata(&path)?.len();
        let sent = fs::metadata(format!("{}.br", path.display())).map_or(raw, |twin| twin.len());
        let part = parts.entry(part(&name)).or_default();
        *part = (part.0 + raw, part.1 + sent);
    }
    println!("{:14} {:>10} {:>10} {:>10}", "part", "kB", "sent kB", "budget kB");
    let mut over = Vec::new();
    for (name, (raw, sent)) in &parts {
        let budget = BUDGETS.iter().find(|(part, _)| part == name).map(|(_, budget)| *budget);
        let shown = budget.map_or("-".to_owned(), |budget| budget.to_string());
        println!("{name:14} {:>10} {:>10} {shown:>10}", raw.div_ceil(1000), sent.div_ceil(1000));
        if budget.is_some_and(|budget| sent.div_ceil(1000) > budget) {
            over.push(*name);
        }
    }
    if !over.is_empty() {
        bail!("over budget: {} (the budgets are in xtask/src/sizes.rs)", over.join(", "));
    }
    Ok(())
}

fn part(name: &str) -> &'static str {
    if is_on_demand(name) {
        return "tract";
    }
    let prefixes = [
        ("assets/app", "page"),
        ("assets/history", "history"),
        ("assets/start-history", "history"),
        ("assets/exporter", "exporter"),
        ("assets/start-exporter", "exporter"),
        ("assets/start-first_worker", "first worker"),
        ("assets/first_worker_relaxed", "first relaxed"),
        ("assets/first_worker", "first worker"),
        ("assets/start-worker", "worker"),
        ("assets/worker_relaxed", "relaxed worker"),
        ("assets/worker", "worker"),
        ("assets/model", "model"),
        ("assets/locale", "languages"),
        ("films/", "demo films"),
        ("screenshots/", "screenshots"),
        ("card/", "model card"),
        ("model-card", "model card"),
        ("assets/card", "model card"),
    ];
    prefixes.iter().find(|(prefix, _)| name.starts_with(prefix)).map_or("other", |(_, part)| part)
}
