//! How much of each limit was taken, by every process of this machine: one file, written whole, under a lock. A window
//! slides over the moments themselves, so that nothing begins anew at a full minute. A clock that goes back is taken
//! for the latest that was seen; a file that cannot be understood closes every limit.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::decimal::Decimal;
use super::limit::Due;
use crate::fsio::{self, Lock};
use crate::operation::hex;

const FORM: u64 = 1;
const LARGEST: u64 = 64 * 1024 * 1024;
/// Another process counts for a moment only.
const PATIENCE: Duration = Duration::from_secs(20);
/// More moments than this are put together, each two at the later of them.
const MOST: usize = 4096;

/// The file.
#[derive(Clone, Debug)]
pub struct Counters {
    directory: PathBuf,
}

/// Something that was taken: when, how much, under which number.
#[derive(Clone, Debug, PartialEq)]
struct Event {
    at: u64,
    amount: Decimal,
    number: u64,
}

#[derive(Clone, Debug, Default)]
struct Counter {
    window: u64,
    events: Vec<Event>,
}

#[derive(Clone, Debug, Default)]
struct State {
    /// Milliseconds; no moment is taken for an earlier one.
    latest: u64,
    next: u64,
    counters: BTreeMap<String, Counter>,
}

/// What came of a reservation.
#[derive(Debug, PartialEq)]
pub enum Reserved {
    /// Everything was taken; it can be given back.
    Taken(Receipt),
    /// One of the limits is reached: which, and after how many seconds there is room again, if ever.
    Full {
        /// Its place among the dues.
        at: usize,
        /// Seconds.
        retry_after: Option<u64>,
    },
}

/// What was taken.
#[derive(Debug, Default, PartialEq)]
pub struct Receipt(Vec<(String, u64)>);

impl Counters {
    /// Below the state directory; nothing is created yet.
    pub fn new(state: &Path) -> Counters {
        Counters { directory: state.join("policy") }
    }

    fn file(&self) -> PathBuf {
        self.directory.join("limits.json")
    }

    fn locked(&self) -> io::Result<Lock> {
        fsio::ensure_private_dir(&self.directory)?;
        Lock::acquire(&self.directory.join("lock"), PATIENCE)
    }

    fn load(&self) -> io::Result<State> {
        let bytes = match fsio::read_private(&self.file(), LARGEST) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::default()),
            Err(error) => return Err(error),
        };
        let value = serde_json::from_slice(&bytes).map_err(io::Error::other)?;
        State::understood(&value).ok_or_else(|| io::Error::other("it is not what was kept there"))
    }

    fn store(&self, state: &State) -> io::Result<()> {
        fsio::write_atomically(&self.file(), &[state.text().to_string().as_bytes()], true)
    }

    /// Takes all of them, or none.
    ///
    /// # Errors
    /// What was counted cannot be read or written: then nothing may be sent.
    pub fn reserve(&self, dues: &[&Due], now: u64) -> io::Result<Reserved> {
        let _lock = self.locked()?;
        let mut state = self.load()?;
        state.latest = state.latest.max(now);
        if let Some((at, retry_after)) = state.full(dues, now) {
            return Ok(Reserved::Full { at, retry_after });
        }
        let mut taken = Vec::new();
        for due in dues {
            let key = named(&due.key);
            let counter = state.counters.entry(key.clone()).or_default();
            counter.window = counter.window.max(due.window);
            // Two limits of one count take it once, and as much as the one that sees most of it.
            if taken.iter().any(|(before, _)| *before == key) {
                continue;
            }
            let same = dues.iter().filter(|other| other.key == due.key);
            let amount = same.map(|other| other.amount).max().unwrap_or(due.amount);
            state.next = state.next.saturating_add(1);
            counter.events.push(Event { at: state.latest, amount, number: state.next });
            taken.push((key, state.next));
        }
        state.prune();
        self.store(&state)?;
        Ok(Reserved::Taken(Receipt(taken)))
    }

    /// Gives back what was taken: exactly that, whatever the window has come to.
    ///
    /// # Errors
    /// It cannot be written: it stays taken.
    pub fn give_back(&self, receipt: &Receipt) -> io::Result<()> {
        let _lock = self.locked()?;
        let mut state = self.load()?;
        for (key, number) in &receipt.0 {
            if let Some(counter) = state.counters.get_mut(key) {
                counter.events.retain(|event| event.number != *number);
            }
        }
        state.prune();
        self.store(&state)
    }

    /// Whether one of these is reached, and what is left of each.
    ///
    /// # Errors
    /// What was counted cannot be read.
    #[allow(clippy::type_complexity, reason = "the one that is full, and what is left of all")]
    pub fn look(&self, dues: &[&Due], now: u64) -> io::Result<(Option<(usize, Option<u64>)>, Vec<Decimal>)> {
        let mut state = self.load()?;
        state.latest = state.latest.max(now);
        let left = dues.iter().map(|due| state.taken(due).map_or(Decimal::ZERO, |taken| due.max.less(taken)));
        let left = left.collect();
        Ok((state.full(dues, now), left))
    }

    /// The latest moment that was seen, in milliseconds; and this one is remembered, for what ends by itself.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn latest(&self, now: u64) -> io::Result<u64> {
        let seen = self.load()?.latest;
        // A minute is near enough, and spares a write for each call.
        if seen > now || now - seen < 60_000 {
            return Ok(seen.max(now));
        }
        let _lock = self.locked()?;
        let mut state = self.load()?;
        state.latest = state.latest.max(now);
        self.store(&state)?;
        Ok(state.latest)
    }
}

fn named(key: &str) -> String {
    hex(&Sha256::digest(key.as_bytes())).chars().take(32).collect()
}

impl State {
    /// What was taken within the window; none where that is more than can be held.
    fn taken(&self, due: &Due) -> Option<Decimal> {
        let since = self.latest.saturating_sub(due.window);
        let counter = self.counters.get(&named(&due.key));
        let mut within = counter.into_iter().flat_map(|it| &it.events).filter(|event| event.at > since);
        within.try_fold(Decimal::ZERO, |sum, event| sum.plus(event.amount))
    }

    /// The first that has no room, and the seconds until it has: those too by which the clock is behind what it was.
    fn full(&self, dues: &[&Due], now: u64) -> Option<(usize, Option<u64>)> {
        let behind = self.latest.saturating_sub(now).div_ceil(1000);
        let mut worst: Option<(usize, Option<u64>)> = None;
        for (at, due) in dues.iter().enumerate() {
            let taken = self.taken(due);
            let sum = taken.and_then(|taken| taken.plus(due.amount));
            if sum.is_some_and(|sum| sum <= due.max) {
                continue;
            }
            let until = |taken: Option<Decimal>| match taken {
                Some(taken) => self.until_room(due, taken),
                None => due.window.div_ceil(1000),
            };
            let wait = (due.amount <= due.max).then(|| until(taken).saturating_add(behind));
            // What never has room comes first, then what takes longest.
            let is_worse = match (&worst, wait) {
                (None, _) => true,
                (Some((_, None)), _) => false,
                (Some(_), None) => true,
                (Some((_, Some(before))), Some(now)) => now > *before,
            };
            if is_worse {
                worst = Some((at, wait));
            }
        }
        worst
    }

    fn until_room(&self, due: &Due, mut taken: Decimal) -> u64 {
        let since = self.latest.saturating_sub(due.window);
        let counter = self.counters.get(&named(&due.key));
        let mut events: Vec<&Event> =
            counter.into_iter().flat_map(|it| &it.events).filter(|event| event.at > since).collect();
        events.sort_by_key(|event| event.at);
        for event in events {
            taken = taken.less(event.amount);
            if taken.plus(due.amount).is_some_and(|sum| sum <= due.max) {
                let left = event.at.saturating_add(due.window).saturating_sub(self.latest);
                return left.div_ceil(1000).max(1);
            }
        }
        due.window.div_ceil(1000)
    }

    fn prune(&mut self) {
        let latest = self.latest;
        self.counters.retain(|_, counter| {
            let since = latest.saturating_sub(counter.window);
            counter.events.retain(|event| event.at > since);
            if counter.events.len() > MOST {
                counter.put_together();
            }
            !counter.events.is_empty()
        });
    }

    fn text(&self) -> Value {
        let counters: serde_json::Map<String, Value> = self
            .counters
            .iter()
            .map(|(key, counter)| {
                let events: Vec<Value> = counter
                    .events
                    .iter()
                    .map(|event| json!([event.at, event.number, event.amount.to_string()]))
                    .collect();
                (key.clone(), json!({ "window": counter.window, "events": events }))
            })
            .collect();
        json!({ "form": FORM, "latest": self.latest, "next": self.next, "counters": counters })
    }

    fn understood(value: &Value) -> Option<State> {
        if value["form"] != FORM {
            return None;
        }
        let mut counters = BTreeMap::new();
        for (key, counter) in value["counters"].as_object()? {
            let mut events = Vec::new();
            for event in counter["events"].as_array()? {
                let amount = Decimal::parse(event[2].as_str()?)?;
                if amount < Decimal::ZERO {
                    return None;
                }
                events.push(Event { at: event[0].as_u64()?, number: event[1].as_u64()?, amount });
            }
            counters.insert(key.clone(), Counter { window: counter["window"].as_u64()?, events });
        }
        Some(State { latest: value["latest"].as_u64()?, next: value["next"].as_u64()?, counters })
    }
}

impl Counter {
    /// Half as many, none of them earlier: it opens nothing.
    fn put_together(&mut self) {
        self.events.sort_by_key(|event| event.at);
        let later = self.events.split_off(self.events.len() / 2);
        let together = |pair: &[Event]| {
            let amount = pair.iter().try_fold(Decimal::ZERO, |sum, it| sum.plus(it.amount));
            match (pair.last(), amount) {
                (Some(last), Some(amount)) => vec![Event { at: last.at, amount, number: 0 }],
                // What cannot be held in one stays as it is: no amount is dropped.
                _ => pair.to_vec(),
            }
        };
        self.events = self.events.chunks(2).flat_map(together).chain(later).collect();
    }
}

#[cfg(test)]
mod tests;
