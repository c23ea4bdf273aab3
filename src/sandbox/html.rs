//! HTML as the plain line that a person reads in it, as far as titles made of descriptions need it. Its output is as
//! hostile as its input.

/// The text between the tags, its blanks as one.
pub fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tagged)) = rest.split_once('<') {
        text.push_str(before);
        let is_tag = tagged.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match tagged.split_once('>').filter(|_| is_tag) {
            Some((tag, after)) => {
                let name = tag.trim_start_matches('/');
                if ["p", "div", "br", "li", "tr"]
                    .iter()
                    .any(|block| name.split([' ', '/']).next() == Some(*block))
                {
                    text.push(' ');
                }
                rest = after;
            }
            None => {
                text.push('<');
                rest = tagged;
            }
        }
    }
    text.push_str(rest);
    for (entity, character) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#34;", "\""),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
