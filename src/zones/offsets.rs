//! How far a zone is from UTC at a moment, by the machine's own tz database. Where there is none, nobody is told a wrong
//! time.

use std::path::Path;

use tz::TimeZone;

use super::ZONES;
use crate::fsio;

/// Where the database is.
const DIRECTORY: &str = "/usr/share/zoneinfo";
/// The largest file of it is a tenth of that.
const LARGEST: u64 = 64 * 1024;

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

/// The same in the bytes of its file.
fn in_file(bytes: &[u8], second: i64) -> Option<i64> {
    let zone = TimeZone::from_tz_data(bytes).ok()?;
    Some(zone.find_local_time_type(second).ok()?.ut_offset().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_as_far_from_utc_as_its_file_and_the_rule_at_its_end_say() {
        // Where this machine has no zones nothing is told.
        let Ok(brussels) = std::fs::read(Path::new(DIRECTORY).join("Europe/Brussels")) else { return };
        for (second, offset) in [
            (-3_000_000_000, 1_050), // 1874
            (1_764_547_200, 3_600),  // December 2025
            (1_784_851_200, 7_200),  // July 2026
            (4_088_000_000, 7_200),  // July 2099
            (4_070_908_800, 3_600),  // January 2099
        ] {
            assert_eq!(in_file(&brussels, second), Some(offset), "{second}");
        }
        assert_eq!(at("Europe/Brussels", 0), Some(3_600));
        for cut in (0..brussels.len() - 1).step_by(7) {
            assert_eq!(in_file(&brussels[..cut], 1), None, "{cut}");
        }
        let mut wild = brussels;
        wild[20..44].fill(0xff);
        assert_eq!(in_file(&wild, 1), None);
    }

    #[test]
    fn what_is_no_zone_tells_nothing() {
        assert_eq!(in_file(b"", 1), None);
        assert_eq!(in_file(b"TZif2", 1), None);
        assert_eq!(at("../../etc/passwd", 0), None);
    }
}
