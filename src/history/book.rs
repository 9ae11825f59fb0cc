use std::collections::BTreeMap;

use js_sys::Date;
use lungfield_history::{Brief, Case, Entry, Event, HistoryFile, Log, Sealed, SealedCase, Vault};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    store::{Change, Store, Unwritten},
    vault::{ITERATIONS, Key, Part},
};
use crate::{
    bridge::{FromHistory, History, HistoryFailure, HistoryPort, Listed, OpenHistory, ToHistory},
    device,
};

/// What opens with the key, so that a wrong PIN is known as one.
const CHECK: &[u8] = b"lungfield.history/1";
/// How often a change is tried again that another window was faster than.
const TRIES: usize = 5;
const DAY_MS: f64 = 86_400_000.0;

type Result<T> = std::result::Result<T, HistoryFailure>;

/// The history: what is stored, and, while it is open, what is in it.
pub(super) struct Book {
    port: HistoryPort,
    store: Option<Store>,
    open: Option<Open>,
    /// The page has been told that there is a history.
    expected: bool,
}

struct Open {
    key: Key,
    vault: Vault,
    log: Log,
    briefs: BTreeMap<u64, Brief>,
}

impl Book {
    /// Which is closed.
    pub fn new(port: HistoryPort) -> Self {
        Self { port, store: None, open: None, expected: false }
    }

    /// Does what is asked; without a question, looks at what another window has done.
    pub async fn answer(&mut self, question: Option<ToHistory>, attached: Vec<u8>) -> (FromHistory, Option<Vec<u8>>) {
        match self.answered(question, attached).await {
            Ok(answer) => answer,
            Err(failure) => (FromHistory::Failed(failure), None),
        }
    }

    async fn answered(
        &mut self,
        question: Option<ToHistory>,
        attached: Vec<u8>,
    ) -> Result<(FromHistory, Option<Vec<u8>>)> {
        if self.store.is_none() {
            self.store = Some(Store::open().await?);
        }
        match question {
            None => self.refresh().await?,
            Some(ToHistory::Look { expected }) => {
                self.expected = expected;
                self.refresh().await?;
            }
            Some(ToHistory::Begin { pin, who, days }) => self.begin(&pin, &who, days).await?,
            Some(ToHistory::Unlock { pin }) => self.unlock(&pin).await?,
            Some(ToHistory::Lock) => self.open = None,
            Some(ToHistory::Set { who, days }) => self.note(&who, Event::Set { days }, &[]).await?,
            Some(ToHistory::Keep(case)) => return Ok((FromHistory::Kept(Box::new(self.keep(&case).await?)), None)),
            Some(ToHistory::Shown(case)) => {
                let who = self.opened()?.log.who().to_owned();
                self.note(&who, Event::Shown { case }, &[]).await?;
            }
            Some(ToHistory::Open(case)) => return Ok((FromHistory::Case(Box::new(self.case(case).await?)), None)),
            Some(ToHistory::Remove(cases)) => {
                let who = self.opened()?.log.who().to_owned();
                self.note(&who, Event::Removed { cases: cases.clone() }, &cases).await?;
            }
            Some(ToHistory::Export) => return Ok((FromHistory::File, Some(self.export().await?))),
            Some(ToHistory::Import { pin }) => return Ok((self.import(&pin, &attached).await?, None)),
            Some(ToHistory::DeleteAll) => {
                self.store()?.clear().await?;
                (self.open, self.expected) = (None, false);
                self.port.tell_others();
            }
        }
        Ok((FromHistory::State(Box::new(self.state().await?)), None))
    }

    fn store(&self) -> Result<&Store> {
        self.store.as_ref().ok_or(HistoryFailure::Unavailable)
    }

    fn opened(&self) -> Result<&Open> {
        self.open.as_ref().ok_or(HistoryFailure::Closed)
    }

    async fn state(&self) -> Result<History> {
        if let Some(Open { log, briefs, .. }) = &self.open {
            let cases = briefs.iter().map(|(&case, brief)| Listed { case, brief: brief.clone() }).collect();
            return Ok(History::Open(OpenHistory {
                who: log.who().into(),
                days: log.days(),
                cases,
                entries: log.head().entries,
                faults: log.faults().to_vec(),
                exported: log.exported().map(str::to_owned),
            }));
        }
        Ok(match self.store()?.vault().await? {
            Some(_) => History::Locked,
            None if self.expected => History::Lost,
            None => History::Off,
        })
    }

    async fn begin(&mut self, pin: &str, who: &str, days: u16) -> Result<()> {
        if self.store()?.vault().await?.is_some() {
            return Err(HistoryFailure::Closed);
        }
        let salt: [u8; 16] = device::random().ok_or(HistoryFailure::Unavailable)?;
        let key = Key::derive(pin, &salt, ITERATIONS).await?;
        let mut vault = Vault::new(salt.to_vec(), ITERATIONS, key.seal(Part::Check, CHECK).await?);
        let mut log = Log::default();
        let entry = log.next(&device::now(), who, Event::Set { days });
        let sealed = seal(&key, Part::Entry, &entry).await?;
        log.append(&sealed, &entry);
        vault.head = log.head().clone();
        let change = Change { entry: &sealed, ..Change::default() };
        self.store()?.write(None, &vault, &change).await.map_err(|unwritten| match unwritten {
            Unwritten::Overtaken => HistoryFailure::Closed,
            Unwritten::NoRoom => HistoryFailure::NotWritten,
        })?;
        self.open = Some(Open { key, vault, log, briefs: BTreeMap::new() });
        self.expected = true;
        self.port.tell_others();
        Ok(())
    }

    async fn unlock(&mut self, pin: &str) -> Result<()> {
        let vault = self.store()?.vault().await?.ok_or(HistoryFailure::Closed)?;
        let key = Key::derive(pin, &vault.salt, vault.iterations).await?;
        if key.open(Part::Check, &vault.check).await.as_deref() != Some(CHECK) {
            return Err(HistoryFailure::WrongPin);
        }
        self.open = Some(self.read(key, vault).await?);
        self.expected = true;
        self.expire().await
    }

    /// Reads what is stored, and compares it.
    async fn read(&self, key: Key, vault: Vault) -> Result<Open> {
        let sealed = self.store()?.log().await?;
        let mut log = read_log(&key, &sealed, &vault).await;
        let (mut there, mut briefs, mut last) = (BTreeMap::new(), BTreeMap::new(), 0);
        loop {
            let cases = self.store()?.cases_after(last).await?;
            for case in &cases {
                last = case.case;
                there.insert(case.case, case.digest());
                if let Some(brief) = open(&key, Part::Brief, &case.brief).await {
                    briefs.insert(case.case, brief);
                }
            }
            if cases.is_empty() {
                break;
            }
        }
        log.compare(&there);
        Ok(Open { key, vault, log, briefs })
    }

    /// Looks whether another window has changed something.
    async fn refresh(&mut self) -> Result<()> {
        let Some(Open { key, vault, .. }) = self.open.take() else { return Ok(()) };
        match self.store()?.vault().await? {
            Some(now) if now.salt == vault.salt => self.open = Some(self.read(key, now).await?),
            // It was deleted, and another one begun perhaps.
            Some(_) | None => {}
        }
        Ok(())
    }

    /// What was kept before this time is to go; in milliseconds since 1970.
    fn oldest(&self) -> Result<f64> {
        Ok(Date::now() - f64::from(self.opened()?.log.days()) * DAY_MS)
    }

    /// Removes the cases whose time is over.
    async fn expire(&mut self) -> Result<()> {
        let oldest = self.oldest()?;
        let Open { log, briefs, .. } = self.opened()?;
        let is_over = |brief: &Brief| Date::parse(&brief.at) < oldest;
        let over: Vec<u64> = briefs.iter().filter(|(_, brief)| is_over(brief)).map(|(&case, _)| case).collect();
        if over.is_empty() {
            return Ok(());
        }
        let who = log.who().to_owned();
        self.note(&who, Event::Expired { cases: over.clone() }, &over).await
    }

    /// Writes an entry, and lets cases go with it.
    async fn note(&mut self, who: &str, what: Event, gone: &[u64]) -> Result<()> {
        self.write(who, what, None, gone).await.map(drop)
    }

    async fn keep(&mut self, case: &Case) -> Result<Listed> {
        let who = self.opened()?.log.who().to_owned();
        let brief = Brief::of(case, &device::now(), &who);
        self.take(&who, case, brief, None).await
    }

    async fn take(&mut self, who: &str, case: &Case, brief: Brief, origin: Option<String>) -> Result<Listed> {
        let Open { key, .. } = self.opened()?;
        let parts = (seal(key, Part::Brief, &brief).await?, seal(key, Part::Body, case).await?);
        let mut sealed = SealedCase { case: 0, brief: parts.0, body: parts.1 };
        let what = Event::Kept { case: 0, digest: sealed.digest(), origin };
        let number = self.write(who, what, Some(&mut sealed), &[]).await?;
        self.opened_mut()?.briefs.insert(number, brief.clone());
        Ok(Listed { case: number, brief })
    }

    fn opened_mut(&mut self) -> Result<&mut Open> {
        self.open.as_mut().ok_or(HistoryFailure::Closed)
    }

    /// Writes an entry with what belongs to it; where another window was faster, after what that one has written. Returns the number
    /// of the case that was kept.
    async fn write(&mut self, who: &str, what: Event, mut kept: Option<&mut SealedCase>, gone: &[u64]) -> Result<u64> {
        for _ in 0..TRIES {
            let Open { key, vault, log, .. } = self.opened()?;
            let number = log.next_case();
            let what = match &what {
                Event::Kept { digest, origin, .. } => {
                    Event::Kept { case: number, digest: digest.clone(), origin: origin.clone() }
                }
                other => other.clone(),
            };
            if let Some(kept) = &mut kept {
                kept.case = number;
            }
            let entry = log.next(&device::now(), who, what);
            let sealed = seal(key, Part::Entry, &entry).await?;
            let mut after = log.clone();
            after.append(&sealed, &entry);
            let vault_after = vault.ending_at(after.head());
            let change = Change { entry: &sealed, kept: kept.as_deref(), gone };
            match self.store()?.write(Some(vault), &vault_after, &change).await {
                Ok(()) => {
                    let open = self.opened_mut()?;
                    (open.vault, open.log) = (vault_after, after);
                    gone.iter().for_each(|case| drop(open.briefs.remove(case)));
                    self.port.tell_others();
                    return Ok(number);
                }
                Err(Unwritten::NoRoom) => return Err(HistoryFailure::NotWritten),
                Err(Unwritten::Overtaken) => self.refresh().await?,
            }
        }
        Err(HistoryFailure::NotWritten)
    }

    async fn case(&self, number: u64) -> Result<Case> {
        let Open { key, log, .. } = self.opened()?;
        let sealed = self.store()?.case(number).await?.ok_or(HistoryFailure::NoCase)?;
        if log.cases().get(&number).is_none_or(|kept| kept.digest != sealed.digest()) {
            return Err(HistoryFailure::NoCase);
        }
        let mut case: Case = open(key, Part::Body, &sealed.body).await.ok_or(HistoryFailure::NoCase)?;
        case.marks.shown_on_request |= log.cases().get(&number).is_some_and(|kept| kept.shown);
        Ok(case)
    }

    async fn export(&mut self) -> Result<Vec<u8>> {
        let Open { log, briefs, .. } = self.opened()?;
        let (who, cases) = (log.who().to_owned(), briefs.len() as u64);
        self.note(&who, Event::Exported { cases }, &[]).await?;
        let mut file = HistoryFile {
            vault: self.opened()?.vault.clone(),
            log: self.store()?.log().await?.into_iter().map(Sealed).collect(),
            cases: Vec::new(),
        };
        let mut last = 0;
        loop {
            let cases = self.store()?.cases_after(last).await?;
            let Some(end) = cases.last() else { break };
            last = end.case;
            file.cases.extend(cases);
        }
        serde_json::to_vec(&file).map_err(|_| HistoryFailure::NotWritten)
    }

    async fn import(&mut self, pin: &str, file: &[u8]) -> Result<FromHistory> {
        let who = self.opened()?.log.who().to_owned();
        let file = HistoryFile::from_json(file).map_err(|reason| HistoryFailure::NotAHistory(reason.0))?;
        let key = Key::derive(pin, &file.vault.salt, file.vault.iterations).await?;
        if key.open(Part::Check, &file.vault.check).await.as_deref() != Some(CHECK) {
            return Err(HistoryFailure::WrongPin);
        }
        let sealed: Vec<Vec<u8>> = file.log.iter().map(|entry| entry.0.clone()).collect();
        let log = read_log(&key, &sealed, &file.vault).await;
        let cases: BTreeMap<u64, &SealedCase> = file.cases.iter().map(|case| (case.case, case)).collect();
        let oldest = self.oldest()?;
        let (mut taken, mut known, mut old, mut lost) = (0, 0, 0, 0);
        for (number, kept) in log.cases() {
            let own = &self.opened()?.log;
            if own.has(&kept.digest) || kept.origin.as_deref().is_some_and(|origin| own.has(origin)) {
                known += 1;
                continue;
            }
            let found = cases.get(number).filter(|case| case.digest() == kept.digest);
            let opened = match found {
                Some(case) => open::<Case>(&key, Part::Body, &case.body)
                    .await
                    .zip(open::<Brief>(&key, Part::Brief, &case.brief).await),
                None => None,
            };
            let Some((mut case, brief)) = opened else {
                lost += 1;
                continue;
            };
            if Date::parse(&brief.at) < oldest {
                old += 1;
                continue;
            }
            case.marks.shown_on_request |= kept.shown;
            let origin = kept.origin.clone().unwrap_or_else(|| kept.digest.clone());
            self.take(&who, &case, brief, Some(origin)).await?;
            taken += 1;
        }
        Ok(FromHistory::Imported { taken, known, old, lost })
    }
}

async fn read_log(key: &Key, sealed: &[Vec<u8>], vault: &Vault) -> Log {
    let mut entries = Vec::with_capacity(sealed.len());
    for sealed in sealed {
        entries.push((sealed.as_slice(), open::<Entry>(key, Part::Entry, sealed).await));
    }
    Log::read(entries, &vault.head)
}

async fn seal<T: Serialize>(key: &Key, part: Part, what: &T) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(what).map_err(|_| HistoryFailure::NotWritten)?;
    key.seal(part, &json).await
}

async fn open<T: DeserializeOwned>(key: &Key, part: Part, sealed: &[u8]) -> Option<T> {
    serde_json::from_slice(&key.open(part, sealed).await?).ok()
}
