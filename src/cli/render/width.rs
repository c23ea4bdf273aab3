//! Columns that a text takes on a terminal, and cutting it to so many. What a person sees as one character is
//! counted and kept as one. It expects text that `sanitize` made harmless, on one line.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Stands for what was cut off.
pub const ELLIPSIS: &str = "…";

/// Characters looked at for each column that may be filled: marks take no column, and a text of a million of
/// them must not be written either.
const CHARACTERS_A_COLUMN: usize = 8;

/// Columns of the text.
pub fn of(text: &str) -> usize {
    // Most text is plain, and looking for joined characters in it takes most of the time of a large table.
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// The text if it fits, else its beginning and an ellipsis.
pub fn cut(text: &str, columns: usize) -> String {
    let (head, rest) = split(text, columns);
    if rest.is_empty() {
        return head.to_string();
    }
    if columns == 0 {
        return String::new();
    }
    let (head, _) = split(text, columns - 1);
    format!("{}{ELLIPSIS}", head.trim_end())
}

/// The text if it fits, else what fits of its beginning, an ellipsis, and its end from byte `tail` on.
pub fn cut_before(text: &str, tail: usize, columns: usize) -> String {
    let (Some(head), Some(end)) = (text.get(..tail), text.get(tail..)) else { return cut(text, columns) };
    if of(text) <= columns || of(end) + 2 > columns {
        return cut(text, columns);
    }
    let (head, _) = split(head, columns - of(end) - 1);
    format!("{}{ELLIPSIS}{end}", head.trim_end())
}

/// The text in lines of so many columns, broken at blanks where that is possible; at most `most` lines, of
/// which the last ends in an ellipsis if it is not all.
pub fn wrap(text: &str, columns: usize, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    loop {
        if lines.len() + 1 >= most {
            lines.push(cut(rest, columns));
            return lines;
        }
        let (mut head, mut after) = split(rest, columns);
        if after.is_empty() {
            lines.push(head.to_string());
            return lines;
        }
        if !after.starts_with(' ')
            && let Some(blank) = head.rfind(' ').filter(|blank| *blank > 0)
        {
            (head, after) = rest.split_at(blank);
        }
        if head.is_empty() {
            // One character wider than the line.
            lines.push(cut(rest, columns));
            return lines;
        }
        lines.push(head.trim_end().to_string());
        rest = after.trim_start_matches(' ');
    }
}

/// As much of the text as fits, and the rest.
pub fn split(text: &str, columns: usize) -> (&str, &str) {
    if text.is_ascii() {
        return text.split_at(text.len().min(columns));
    }
    let (mut used, mut end) = (0, 0);
    let mut characters = columns.saturating_add(1).saturating_mul(CHARACTERS_A_COLUMN);
    for grapheme in text.graphemes(true) {
        let (width, length) = (grapheme.width(), grapheme.chars().count());
        if used + width > columns || length > characters {
            break;
        }
        used += width;
        characters -= length;
        end += grapheme.len();
    }
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_as_one_character_is_counted_and_kept_as_one() {
        let family = "👩\u{200d}👩\u{200d}👧";
        let accent = "e\u{301}";
        assert_eq!((of("北京"), of(family), of(accent), of("abc")), (4, 2, 1, 3));
        assert_eq!(cut("北京木业", 5), "北京…");
        assert_eq!(cut("北京木业", 4), "北…");
        assert_eq!(cut("北京木业", 8), "北京木业");
        assert_eq!(cut(&format!("{family}{family}"), 3), format!("{family}…"));
        assert_eq!(cut(&format!("{accent}{accent}{accent}"), 2), format!("{accent}…"));
        assert_eq!(cut("ab cd", 4), "ab…");
        assert_eq!(cut_before("amount_total:sum", 12, 10), "amoun…:sum");
        assert_eq!(cut_before("amount_total:sum", 12, 5), "amou…");
        assert_eq!(cut_before("amount_total:sum", 12, 16), "amount_total:sum");
        assert_eq!((cut("ab", 1), cut("ab", 0), cut("", 0)), ("…".into(), String::new(), String::new()));
    }

    #[test]
    fn a_text_without_columns_does_not_go_on_for_ever() {
        let marks = "\u{301}".repeat(100_000);
        assert!(cut(&marks, 10).chars().count() < 100);
        assert!(cut(&"a\u{301}".repeat(50_000), 10).chars().count() <= 21);
    }

    #[test]
    fn lines_break_at_blanks() {
        assert_eq!(wrap("one two three", 7, 9), ["one two", "three"]);
        assert_eq!(wrap("one two three", 6, 9), ["one", "two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3, 9), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("one two three", 4, 2), ["one", "two…"]);
        assert_eq!(wrap("北京木业", 3, 9), ["北", "京", "木", "业"]);
        assert_eq!(wrap("", 3, 9), [""]);
    }
}
