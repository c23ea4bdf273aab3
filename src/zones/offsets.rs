//! How far a zone is from UTC at a moment, by the machine's own tz database (TZif, RFC 9636). Where there is none, or it
//! ends before that moment, nobody is told a wrong time.

use std::path::Path;

use super::ZONES;
use crate::fsio;

/// Where the database is.
const DIRECTORY: &str = "/usr/share/zoneinfo";
/// The largest file of it is a tenth of that.
const LARGEST: u64 = 64 * 1024;
const HEADER: usize = 44;

/// Seconds east of UTC in a zone, at a second since 1970.
pub fn at(zone: &str, second: i64) -> Option<i64> {
    // Of what is no name of a zone no file is opened.
    if !ZONES.contains(zone) {
        return None;
    }
    // Several names of a zone may be links to one file.
    let file = std::fs::canonicalize(Path::new(DIRECTORY).join(zone)).ok()?;
    in_file(&fsio::read_plain(&file, LARGEST).ok()?, second)
}

/// How many of each thing a block has, as its header says.
struct Counts {
    utc: usize,
    standard: usize,
    leaps: usize,
    times: usize,
    types: usize,
    letters: usize,
}

impl Counts {
    fn read(bytes: &[u8]) -> Option<Counts> {
        let count = |nth: usize| number(bytes, 20 + nth * 4, 4).and_then(|count| usize::try_from(count).ok());
        bytes.starts_with(b"TZif").then_some(())?;
        let (utc, standard, leaps) = (count(0)?, count(1)?, count(2)?);
        Some(Counts { utc, standard, leaps, times: count(3)?, types: count(4)?, letters: count(5)? })
    }

    fn length(&self, of_time: usize) -> usize {
        let Counts { utc, standard, leaps, times, types, letters } = self;
        times * (of_time + 1) + types * 6 + letters + leaps * (of_time + 4) + standard + utc
    }
}

/// The same in the bytes of its file, whose second block has times of eight bytes.
fn in_file(bytes: &[u8], second: i64) -> Option<i64> {
    let block = bytes.get(HEADER + Counts::read(bytes)?.length(4)..)?;
    let counts = Counts::read(block)?;
    let data = block.get(HEADER..)?;
    let times = (0..counts.times).map(|nth| number(data, nth * 8, 8)).collect::<Option<Vec<i64>>>()?;
    let passed = times.partition_point(|time| *time <= second);
    let rule = data.get(counts.length(8)..)?;
    if passed == times.len() && rule.contains(&b',') {
        // What comes after the last change follows a rule that is not read here.
        return None;
    }
    let kind = match passed.checked_sub(1) {
        Some(last) => usize::from(*data.get(counts.times * 8 + last)?),
        None => 0,
    };
    number(data, counts.times * 9 + kind * 6, 4)
}

/// A number of so many bytes, the highest first.
fn number(bytes: &[u8], from: usize, length: usize) -> Option<i64> {
    let digits = bytes.get(from..from.checked_add(length)?)?;
    let negative = digits.first()? & 0x80 != 0;
    Some(digits.iter().fold(if negative { -1 } else { 0 }, |whole, byte| whole << 8 | i64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with times of eight bytes, each with the offset from then on.
    fn file(first: i32, changes: &[(i64, i32)], rule: &str) -> Vec<u8> {
        let head = |times: usize, types: usize| {
            let mut head = b"TZif2".to_vec();
            head.resize(20, 0);
            for count in [0, 0, 0, times, types, 4] {
                head.extend(u32::try_from(count).unwrap().to_be_bytes());
            }
            head
        };
        let mut bytes = head(0, 1);
        bytes.extend([0; 10]);
        bytes.extend(head(changes.len(), changes.len() + 1));
        changes.iter().for_each(|(at, _)| bytes.extend(at.to_be_bytes()));
        (1..=changes.len()).for_each(|nth| bytes.push(u8::try_from(nth).unwrap()));
        for offset in [first].into_iter().chain(changes.iter().map(|(_, offset)| *offset)) {
            bytes.extend(offset.to_be_bytes());
            bytes.extend([0, 0]);
        }
        bytes.extend(b"LMT\0");
        bytes.extend(format!("\n{rule}\n").bytes());
        bytes
    }

    #[test]
    fn a_zone_is_as_far_from_utc_as_its_last_change_says() {
        let changes = [(-100, 3600), (1_000, 7200), (2_000, -1800)];
        for (second, rule, offset) in [
            (-101, "X", Some(900)),
            (-100, "X", Some(3600)),
            (1_999, "A,M3.5.0,M10.5.0", Some(7200)),
            (2_000, "X", Some(-1800)),
            (2_000, "A,M3.5.0,M10.5.0", None),
        ] {
            assert_eq!(in_file(&file(900, &changes, rule), second), offset, "{second} {rule}");
        }
        assert_eq!(in_file(&file(0, &[], "UTC0"), 5), Some(0));
    }

    #[test]
    fn what_is_no_such_file_tells_nothing() {
        let whole = file(900, &[(0, 3600)], "X");
        for cut in 0..whole.len() - 3 {
            let _ = in_file(&whole[..cut], 1);
            assert_eq!(in_file(&whole[..cut.min(HEADER)], 1), None);
        }
        let mut wild = whole;
        wild[20..HEADER].fill(0xff);
        assert_eq!(in_file(&wild, 1), None);
        assert_eq!(at("../../etc/passwd", 0), None);
    }
}
