//! What a person sees before they let a call through. Everything that comes from the agent or from Odoo stands in
//! lines of its own, marked at their beginning and cut or wrapped to the terminal, so that no name and no text can
//! pass for a line of the program; what decides stands last, right above the question. It asks nothing.

use unicode_width::UnicodeWidthChar;

use super::render::width;
use crate::host::Question;
use crate::text::sanitize;

/// Stands before every line that is not the program's own.
const MARK: &str = "  | ";
/// Lines of a text that are shown.
const MOST_LINES: usize = 400;
/// Records and recipients that are shown a line each.
const MOST_NAMED: usize = 10;
/// Marks on one letter that are shown: more of them reach into other lines.
const MOST_MARKS: usize = 4;
/// Stands where marks were left out.
const CUT: char = '…';
/// A run of blanks longer than this is told by its length.
const LONGEST_BLANK: usize = 8;
const NARROWEST: usize = 24;
/// Columns of the names in the last lines.
const LABEL: usize = 10;

/// The whole of it, for a terminal of so many columns and rows.
pub fn drawn(question: &Question, columns: usize, rows: usize) -> String {
    let columns = columns.max(NARROWEST);
    let mut lines = vec![String::new()];
    let mut is_whole = true;
    for (what, text) in &question.texts {
        plain(&mut lines, what, columns);
        is_whole &= marked(&mut lines, text, columns);
        lines.push(String::new());
    }
    plain(&mut lines, &format!("An agent asks to run, in {}:", question.place), columns);
    named(&mut lines, &format!("{}.{}", question.model, question.method), columns);
    if let Some(agent) = &question.agent {
        named(&mut lines, &format!("as {agent}"), columns);
    }
    for record in question.records.iter().take(MOST_NAMED) {
        named(&mut lines, &format!("on {} {record}", question.model), columns);
    }
    more(&mut lines, question.count, question.records.len().min(MOST_NAMED), "records");
    reached(&mut lines, question, columns);
    let covered = match question.is_bound {
        _ if question.is_sent_here => "Exactly this is sent from here, once, in the agent's name.",
        true => "The approval covers exactly this, once: Odoo's guard lets nothing else through with it.",
        false => "The token covers this model, method and set of records, once, within ten minutes.",
    };
    plain(&mut lines, covered, columns);
    lines.push(String::new());
    lines.extend(decisive(question, is_whole, columns, rows));
    lines.join("\n") + "\n"
}

/// Lines of the program's own.
fn plain(lines: &mut Vec<String>, text: &str, columns: usize) {
    lines.extend(width::wrap(text, columns, 4));
}

/// A text in as many lines as it takes, within reason; whether that is all of it.
fn marked(lines: &mut Vec<String>, text: &str, columns: usize) -> bool {
    let room = columns - MARK.len();
    let (mut left, mut is_whole) = (MOST_LINES, true);
    for line in text.lines() {
        // Indentation is the program's own: within a text of JSON a line break is written out.
        let inner = line.trim_start_matches(' ');
        let indent = (line.len() - inner.len()).min(room / 2);
        let (inner, is_line_whole) = harmless(inner);
        is_whole &= is_line_whole;
        let mut rest = " ".repeat(indent) + &inner;
        loop {
            if left == 0 {
                lines.push(format!("{MARK}(the rest is not shown)"));
                return false;
            }
            left -= 1;
            let (head, after) = width::split(&rest, room);
            // One character wider than the line cannot be shown at all.
            let (head, after) = if head.is_empty() { (rest.as_str(), "") } else { (head, after) };
            lines.push(format!("{MARK}{head}"));
            if after.is_empty() {
                break;
            }
            rest = after.to_string();
        }
    }
    is_whole
}

/// A name on one line, cut.
fn named(lines: &mut Vec<String>, name: &str, columns: usize) {
    lines.push(format!("{MARK}{}", width::cut(&one_line(name), columns - MARK.len())));
}

fn more(lines: &mut Vec<String>, all: usize, shown: usize, what: &str) {
    if all > shown {
        lines.push(format!("{MARK}and {} more {what}", all - shown));
    }
}

fn reached(lines: &mut Vec<String>, question: &Question, columns: usize) {
    if question.recipients.is_empty() {
        if let Some(because) = &question.because {
            return plain(lines, &format!("The policy wants a person to see it: {because}"), columns);
        }
        let unknown = match question.is_sent_here {
            true => {
                "Whom it reaches cannot be told from here; it was held because it may reach somebody outside."
            }
            false => {
                "Whom it reaches cannot be told from here; Odoo's guard refused it because it reaches somebody outside."
            }
        };
        return plain(lines, unknown, columns);
    }
    lines.push("It would reach:".into());
    let room = columns - MARK.len();
    for (name, address) in question.recipients.iter().take(MOST_NAMED) {
        // The address counts: a name gets what it leaves, and half of the line at most.
        let address = width::cut(&one_line(address), room - 2);
        let left = room.saturating_sub(width::of(&address) + 3).max(room / 4).min(room.saturating_sub(4));
        let name = width::cut(&one_line(name), left);
        let both = if name.is_empty() { address } else { format!("{name} <{address}>") };
        lines.push(format!("{MARK}{}", width::cut(&both, room)));
    }
    more(lines, question.recipients.len(), MOST_NAMED.min(question.recipients.len()), "");
    if question.and_others {
        plain(lines, "and maybe others, who cannot be told from here.", columns);
    }
}

/// What has to be seen at the last glance, on the smallest screen.
fn decisive(question: &Question, is_whole: bool, columns: usize, rows: usize) -> Vec<String> {
    // The question itself takes two rows at most, and what is typed one.
    let mut left = rows.saturating_sub(3).clamp(7, 14);
    let room = columns - LABEL;
    let mut lines = Vec::new();
    let mut put = |label: &str, texts: Vec<String>| {
        for (nth, text) in texts.into_iter().enumerate() {
            let label = if nth == 0 { label } else { "" };
            lines.push(format!("{label:<LABEL$}{text}"));
        }
    };
    let method = width::wrap(&one_line(&question.method), room, 2);
    let model = width::wrap(&one_line(&question.model), room, 2);
    left = left.saturating_sub(method.len() + model.len() + 2).max(2);
    put("Method:", method);
    put("Model:", model);
    put("Records:", vec![width::cut(&records(question), room)]);
    put("Reaches:", addresses(question, room, left));
    let text = match (question.texts.is_empty(), is_whole) {
        (true, _) => "none",
        (_, true) => "shown whole above",
        (_, false) => "NOT shown whole",
    };
    put("Text:", vec![width::cut(text, room)]);
    lines
}

fn records(question: &Question) -> String {
    let first = question.records.first().map(|name| one_line(name)).unwrap_or_default();
    match question.count {
        0 => "0, the model itself".into(),
        1 => format!("1 ({first})"),
        count => format!("{count} ({first}, …)"),
    }
}

/// Every address, counted, as far as there are lines.
fn addresses(question: &Question, room: usize, most: usize) -> Vec<String> {
    let count = question.recipients.len();
    if count == 0 {
        return vec![width::cut("cannot be told from here", room)];
    }
    let others = if question.and_others { " and others" } else { "" };
    let mut lines = vec![width::cut(&format!("{count} known{others}:"), room)];
    for (nth, (_, address)) in question.recipients.iter().enumerate() {
        let is_last_line = lines.len() + 1 >= most;
        let left = count - nth;
        if is_last_line && left > 1 {
            lines.push(format!("and {left} more"));
            break;
        }
        lines.push(width::cut(&one_line(address), room));
    }
    lines
}

/// A text on one line, its blanks collapsed.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    harmless(&words.join(" ")).0
}

/// A text that draws nothing outside its place, and whether that is all of it.
fn harmless(text: &str) -> (String, bool) {
    let text = sanitize::for_terminal(text).replace('\t', "    ");
    let mut safe = String::with_capacity(text.len());
    let mut blanks = 0;
    let flush = |blanks: &mut usize, safe: &mut String| {
        match *blanks {
            few @ 0..=LONGEST_BLANK => safe.push_str(&" ".repeat(few)),
            many => safe.push_str(&format!(" [{many} blanks] ")),
        }
        *blanks = 0;
    };
    // Letters take their place, whatever script joins them to one picture; what takes none stands on the letter before.
    let (mut marks, mut is_whole) = (0, true);
    for character in text.chars() {
        if character.is_whitespace() {
            blanks += 1;
            continue;
        }
        flush(&mut blanks, &mut safe);
        marks = if character.width() == Some(0) { marks + 1 } else { 0 };
        match marks {
            0..=MOST_MARKS => safe.push(character),
            _ => {
                if !safe.ends_with(CUT) {
                    safe.push(CUT);
                }
                is_whole = false;
            }
        }
    }
    flush(&mut blanks, &mut safe);
    (safe, is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> Question {
        Question {
            place: "database lab at https://odoo.example.com".into(),
            model: "res.partner".into(),
            method: "message_post".into(),
            agent: Some("7: Agent".into()),
            texts: vec![("What the agent says that it will send:", "{\n  \"body\": \"Hello\"\n}".into())],
            count: 1,
            records: vec!["10: Gemini Furniture".into()],
            recipients: vec![("Azure".into(), "azure@example.com".into())],
            and_others: false,
            is_bound: false,
            is_sent_here: false,
            because: None,
        }
    }

    /// Texts that try to draw, each in every place.
    fn evil() -> Vec<String> {
        vec![
            "x".repeat(5000),
            "\n".repeat(200) + "Text:     shown whole above",
            format!("Acme{}Reaches:  nobody", " ".repeat(76)),
            "\u{1b}[2J\u{1b}[H\rMethod:   read".into(),
            "a\u{300}".repeat(10) + &"\u{301}".repeat(3000),
            "\u{202e}\u{2067}evil".into(),
            "北京".repeat(300),
            "\u{3000}".repeat(300) + "Type yes:",
            "\u{a0}\u{2003}\u{200b}".repeat(100),
            "👩\u{200d}👩\u{200d}👧".repeat(200),
            "\t\t\t\t\t\t\t\t\t\tMethod:   read".into(),
            "العربية".repeat(100),
        ]
    }

    #[test]
    fn what_decides_stands_last_whatever_the_names_are() {
        for (columns, rows) in [(80, 24), (40, 12), (24, 10), (200, 50)] {
            for text in evil() {
                let mut question = question();
                question.texts = vec![("What the agent says that it will send:", text.clone())];
                question.records = vec![text.clone(); 20];
                question.count = 300;
                question.agent = Some(text.clone());
                question.recipients = vec![(text.clone(), text.clone()); 40];
                question.recipients[0].1 = "first@example.com".into();
                let screen = drawn(&question, columns, rows);
                let lines: Vec<&str> = screen.lines().collect();
                for line in &lines {
                    assert!(width::of(line) <= columns, "{columns}: {line:?}");
                    let is_mark = |c: &char| c.width() == Some(0);
                    let marks = line.split(|c| !is_mark(&c)).map(|run| run.chars().count()).max();
                    assert!(marks.unwrap_or(0) <= MOST_MARKS, "{line:?}");
                }
                let last = lines[lines.len().saturating_sub(rows - 3)..].join("\n");
                for part in [
                    "Method:   message_post",
                    "Model:    res.partner",
                    "Records:  300",
                    "40 known",
                    "more",
                    "Text: ",
                ] {
                    assert!(
                        last.contains(part),
                        "{part} is not in the last lines at {columns}x{rows}:\n{last}"
                    );
                }
                assert!(last.contains("first@"), "{last}");
                // Nothing of a stranger's begins a line.
                let own = lines
                    .iter()
                    .filter(|line| line.starts_with("Method:") || line.starts_with("Text:"))
                    .count();
                assert_eq!(own, 2, "{screen}");
            }
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_said_not_to_be_whole() {
        let mut question = question();
        assert!(drawn(&question, 80, 24).contains("Text:     shown whole above"));
        question.texts[0].1 = "word \n".repeat(10_000);
        let screen = drawn(&question, 80, 24);
        assert!(screen.contains("Text:     NOT shown whole") && screen.contains("(the rest is not shown)"));
        question.texts.clear();
        assert!(drawn(&question, 80, 24).contains("Text:     none"));
    }

    #[test]
    fn letters_are_shown_whatever_joins_them_and_marks_that_are_left_out_are_told() {
        for (text, is_whole) in [
            ("ស្ត្រី ខ្ញុំ", true),
            ("कार्त्स्न्य स्त्र्य", true),
            ("က္ကြွေ", true),
            ("ക്ഷ്മ്യം", true),
            ("ᄒᆡᆼᄇᆡᆨ ᄉᄃᄅᄆᄇᄋᄌ", true),
            ("👩\u{200d}👩\u{200d}👧\u{200d}👦 🏳\u{fe0f}\u{200d}🌈", true),
            ("Việt Nam, E\u{302}\u{301}", true),
            ("Z\u{300}\u{301}\u{302}\u{303}\u{304}algo", false),
            ("\u{1100}\u{1161}\u{1161}\u{1161}\u{1161}\u{1161}", false),
        ] {
            let mut question = question();
            question.texts[0].1 = text.into();
            let screen = drawn(&question, 80, 24);
            assert_eq!(screen.contains(text), is_whole, "{text}: {screen}");
            assert_eq!(screen.contains("Text:     shown whole above"), is_whole, "{text}: {screen}");
        }
    }

    #[test]
    fn a_plain_question_reads_as_it_should() {
        let screen = drawn(&question(), 80, 24);
        for part in [
            "  | res.partner.message_post",
            "  | on res.partner 10: Gemini Furniture",
            "  | Azure <azure@example.com>",
            "  |   \"body\": \"Hello\"",
            "Records:  1 (10: Gemini Furniture)",
            "azure@example.com\nText:     shown whole above\n",
        ] {
            assert!(screen.contains(part), "{part}:\n{screen}");
        }
    }
}
