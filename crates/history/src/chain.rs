use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Entry, Event, digest};

/// The end of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// How many entries there are.
    pub entries: u64,
    /// The digest of the last one as it is sealed; empty of none.
    pub digest: String,
}

/// Something that was not done by this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// This entry cannot be opened with the key.
    Unopened(u64),
    /// This entry does not follow the one before it.
    Unlinked(u64),
    /// After this one entries are missing.
    CutOff(u64),
    /// This case was kept and never removed, and is not there.
    Missing(u64),
    /// This case is not as it was kept.
    Changed(u64),
    /// This case is there, and was never kept.
    Unknown(u64),
}

/// A case that the log says is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The digest of its sealed parts.
    pub digest: String,
    /// The same where it was kept first.
    pub origin: Option<String>,
    /// Its answer, which was held back, was shown on request.
    pub shown: bool,
}

/// What the log says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    head: Head,
    cases: BTreeMap<u64, Kept>,
    last_case: u64,
    days: Option<u16>,
    who: String,
    exported: Option<String>,
    faults: Vec<Fault>,
}

impl Log {
    /// Reads entries in their order: each as it is sealed and, where it could be opened, what is in it. `head` is where it should end.
    pub fn read<'a>(entries: impl IntoIterator<Item = (&'a [u8], Option<Entry>)>, head: &Head) -> Self {
        let mut log = Self::default();
        for (sealed, entry) in entries {
            let n = log.head.entries + 1;
            match entry {
                Some(entry) => {
                    if (entry.n, &entry.previous) != (n, &log.head.digest) {
                        log.faults.push(Fault::Unlinked(n));
                    }
                    log.append(sealed, &entry);
                }
                None => {
                    log.faults.push(Fault::Unopened(n));
                    log.head = Head { entries: n, digest: digest(&[sealed]) };
                }
            }
        }
        if &log.head != head {
            log.faults.push(Fault::CutOff(log.head.entries));
        }
        log
    }

    /// Compares the cases that are there, by the digests of their sealed parts, with those that should be.
    pub fn compare(&mut self, there: &BTreeMap<u64, String>) {
        for (&case, kept) in &self.cases {
            match there.get(&case) {
                None => self.faults.push(Fault::Missing(case)),
                Some(digest) if *digest != kept.digest => self.faults.push(Fault::Changed(case)),
                Some(_) => {}
            }
        }
        self.faults
            .extend(there.keys().filter(|case| !self.cases.contains_key(case)).map(|&case| Fault::Unknown(case)));
    }

    /// The entry that would come next.
    pub fn next(&self, at: &str, who: &str, what: Event) -> Entry {
        Entry { n: self.head.entries + 1, previous: self.head.digest.clone(), at: at.into(), who: who.into(), what }
    }

    /// Takes an entry that was written.
    pub fn append(&mut self, sealed: &[u8], entry: &Entry) {
        self.head = Head { entries: self.head.entries + 1, digest: digest(&[sealed]) };
        self.who.clone_from(&entry.who);
        match &entry.what {
            Event::Set { days } => self.days = Some(*days),
            Event::Kept { case, digest, origin } => {
                self.last_case = self.last_case.max(*case);
                let kept = Kept { digest: digest.clone(), origin: origin.clone(), shown: false };
                self.cases.insert(*case, kept);
            }
            Event::Shown { case } => {
                if let Some(kept) = self.cases.get_mut(case) {
                    kept.shown = true;
                }
            }
            Event::Removed { cases } | Event::Expired { cases } => {
                cases.iter().for_each(|case| drop(self.cases.remove(case)));
            }
            Event::Exported { .. } => self.exported = Some(entry.at.clone()),
        }
    }

    /// Where it ends.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The cases that are there.
    pub fn cases(&self) -> &BTreeMap<u64, Kept> {
        &self.cases
    }

    /// The number of the next case. None is given twice.
    pub fn next_case(&self) -> u64 {
        self.last_case + 1
    }

    /// For how many days cases are kept.
    pub fn days(&self) -> u16 {
        self.days.unwrap_or(DAYS)
    }

    /// Who used the app last.
    pub fn who(&self) -> &str {
        &self.who
    }

    /// When all was written to a file last.
    pub fn exported(&self) -> Option<&str> {
        self.exported.as_deref()
    }

    /// What was not done by this program.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether a case with this digest is there, or came from one: the same case is not taken twice.
    pub fn has(&self, digest: &str) -> bool {
        self.cases.values().any(|kept| kept.digest == digest || kept.origin.as_deref() == Some(digest))
    }

    /// The cases whose digests do not fit.
    pub fn doubtful(&self) -> BTreeSet<u64> {
        let of_case = |fault: &Fault| match fault {
            Fault::Missing(case) | Fault::Changed(case) | Fault::Unknown(case) => Some(*case),
            Fault::Unopened(_) | Fault::Unlinked(_) | Fault::CutOff(_) => None,
        };
        self.faults.iter().filter_map(of_case).collect()
    }
}

/// For so many days cases are kept where nobody has said so.
const DAYS: u16 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of these events, with its entries as they would be sealed.
    fn written(events: Vec<Event>) -> (Log, Vec<(Vec<u8>, Entry)>) {
        let mut log = Log::default();
        let mut entries = Vec::new();
        for what in events {
            let entry = log.next("2026-11-30T12:00:00+05:30", "Dr A", what);
            let sealed = serde_json::to_vec(&entry).expect("writes");
            log.append(&sealed, &entry);
            entries.push((sealed, entry));
        }
        (log, entries)
    }

    fn kept(case: u64) -> Event {
        Event::Kept { case, digest: format!("d{case}"), origin: None }
    }

    fn read(entries: &[(Vec<u8>, Entry)], head: &Head) -> Log {
        Log::read(entries.iter().map(|(sealed, entry)| (sealed.as_slice(), Some(entry.clone()))), head)
    }

    fn there(cases: &[(u64, &str)]) -> BTreeMap<u64, String> {
        cases.iter().map(|(case, digest)| (*case, (*digest).to_owned())).collect()
    }

    fn example() -> (Log, Vec<(Vec<u8>, Entry)>) {
        written(vec![Event::Set { days: 7 }, kept(1), kept(2), Event::Removed { cases: vec![1] }, kept(3)])
    }

    #[test]
    fn what_was_written_is_read_again() {
        let (log, entries) = example();
        let mut again = read(&entries, log.head());
        again.compare(&there(&[(2, "d2"), (3, "d3")]));
        assert_eq!(again, log);
        assert_eq!((again.days(), again.who(), again.next_case()), (7, "Dr A", 4));
        assert!(again.has("d3") && !again.has("d1"), "a removed case can come back");
    }

    #[test]
    fn every_entry_that_was_taken_out_changed_or_moved_is_found() {
        let (log, entries) = example();
        for place in 0..entries.len() {
            let mut without = entries.clone();
            without.remove(place);
            let found = read(&without, log.head()).faults().to_vec();
            let expected =
                if place + 1 == entries.len() { Fault::CutOff(4) } else { Fault::Unlinked(place as u64 + 1) };
            assert!(found.contains(&expected), "{place}: {found:?}");

            let mut changed = entries.clone();
            changed[place].0.push(b' ');
            let found = read(&changed, log.head()).faults().to_vec();
            let last = place + 1 == entries.len();
            assert!(
                found.contains(&if last { Fault::CutOff(5) } else { Fault::Unlinked(place as u64 + 2) }),
                "{found:?}"
            );

            if place > 0 {
                let mut moved = entries.clone();
                moved.swap(place - 1, place);
                assert!(!read(&moved, log.head()).faults().is_empty());
            }
        }
        assert_eq!(read(&entries[..3], log.head()).faults(), [Fault::CutOff(3)]);
        let unopened =
            entries.iter().map(|(sealed, entry)| (sealed.as_slice(), Some(entry.clone()).filter(|e| e.n != 3)));
        assert_eq!(Log::read(unopened, log.head()).faults(), [Fault::Unopened(3)]);
    }

    #[test]
    fn cases_are_those_that_were_kept() {
        let (log, entries) = example();
        let faults = |cases: &[(u64, &str)]| {
            let mut log = read(&entries, log.head());
            log.compare(&there(cases));
            log.faults().to_vec()
        };
        assert_eq!(faults(&[(2, "d2")]), [Fault::Missing(3)]);
        assert_eq!(faults(&[(2, "d2"), (3, "other")]), [Fault::Changed(3)]);
        assert_eq!(faults(&[(1, "d1"), (2, "d2"), (3, "d3")]), [Fault::Unknown(1)]);
    }

    #[test]
    fn a_case_that_came_in_a_file_is_known_by_where_it_was_kept_first() {
        let origin = Some("d9".to_owned());
        let (log, _) = written(vec![Event::Kept { case: 1, digest: "d1".into(), origin }, Event::Shown { case: 1 }]);
        assert!(log.has("d9") && log.has("d1") && !log.has("d2"));
        assert!(log.cases()[&1].shown);
    }
}
