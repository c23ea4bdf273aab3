//! HTML as one plain line, to be read in a cell. Tags go, the common entities become characters. Its output is
//! as hostile as its input and is made harmless after.

/// Elements that begin a new line where a person reads them.
const BLOCKS: [&str; 16] = [
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "pre",
    "dt",
    "dd",
];

/// Elements that HTML of Odoo begins with, beside [`BLOCKS`].
const OTHERS: [&str; 6] = ["span", "section", "b", "i", "strong", "a"];

/// Whether a text of which nothing is known is HTML from its beginning to its end.
pub fn is_markup(text: &str) -> bool {
    let text = text.trim();
    let Some(rest) = text.strip_prefix('<').filter(|_| text.ends_with('>')) else { return false };
    let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let after = rest[name.len()..].chars().next();
    after.is_some_and(|c| c == '>' || c == '/' || c.is_whitespace())
        && BLOCKS.iter().chain(&OTHERS).any(|known| *known == name)
}

/// Plain text as HTML, escaped as Odoo does.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}

/// The text between the tags, its blanks as one.
pub fn plain(html: &str) -> String {
    let text = untagged(html, ' ');
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same with the lines that its elements begin.
pub fn lines(html: &str) -> String {
    let text = untagged(&html.replace('\n', " "), '\n');
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What was escaped, as it was before.
pub fn unescaped(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        whole.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = entity(rest, &mut whole);
        rest = &rest[taken..];
    }
    whole + rest
}

/// The text between the tags; an element that begins a line leaves `end` behind.
fn untagged(html: &str, end: char) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    let last_end = html.rfind('>').map_or(0, |at| html.len() - at);
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken =
            if rest.starts_with('<') { tag(rest, last_end, end, &mut text) } else { entity(rest, &mut text) };
        rest = &rest[taken..];
    }
    text.push_str(rest);
    text
}

/// The length of the tag or comment at the start; a `<` that opens none stands for itself. `last_end` is how
/// far from the end the last `>` stands, so that text full of `<` is not searched again and again.
fn tag(rest: &str, last_end: usize, line_end: char, text: &mut String) -> usize {
    if rest.starts_with("<!--") {
        return rest.find("-->").map_or(rest.len(), |end| end + 3);
    }
    let name = rest[1..].trim_start_matches('/');
    let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
    let closed = !name.is_empty() && last_end > 0 && rest.len() >= last_end;
    let Some(end) = (if closed { rest.find('>') } else { None }) else {
        text.push('<');
        return 1;
    };
    if BLOCKS.contains(&name.to_ascii_lowercase().as_str()) {
        text.push(line_end);
    }
    end + 1
}

/// The length of the entity at the start; one that is not known stands for itself.
fn entity(rest: &str, text: &mut String) -> usize {
    let character = rest[1..].char_indices().take(10).find(|(_, c)| *c == ';').and_then(|(end, _)| {
        let name = &rest[1..=end];
        let number = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        });
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some(' '),
            _ => number.and_then(char::from_u32),
        };
        character.map(|character| (character, end + 2))
    });
    let (character, length) = character.unwrap_or(('&', 1));
    text.push(character);
    length
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn html_reads_as_a_line() {
        for (html, text) in [
            ("<p>Hello <b>wor</b>ld</p><p>next</p>", "Hello world next"),
            ("a<br/>b &amp; c&nbsp;&lt;d&gt; &#39;e&#x27;", "a b & c <d> 'e'"),
            ("1 < 2 & 3 > 2 &unknown; &", "1 < 2 & 3 > 2 &unknown; &"),
            ("<!-- hidden -->x<a href=\"y\">link</a>", "xlink"),
            ("<p", "<p"),
            ("&é;&#999999999;", "&é;&#999999999;"),
            ("&amp;lt;", "&lt;"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }
}
