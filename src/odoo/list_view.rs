//! The columns of a list as Odoo's views describe it: the fields directly inside the list that nobody has to switch
//! on first. It reads as much XML as Odoo writes there, and what it does not understand is no column.

/// The names of the columns, in their order, as often as they stand there.
pub fn columns(arch: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut rest = arch;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if rest.starts_with("<!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end + 3..]);
            continue;
        }
        let Some(end) = end_of_tag(rest) else { break };
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
            continue;
        }
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        if depth == 1 && name == "field" && is_shown(tag) {
            names.extend(attribute(tag, "name").filter(|name| is_name(name)).map(str::to_string));
        }
        if !tag.ends_with('/') {
            depth += 1;
        }
    }
    names
}

/// Where a tag ends: a `>` inside quotes ends none.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    tag.char_indices()
        .find(|(_, letter)| {
            match quote {
                Some(open) if *letter == open => quote = None,
                None if matches!(letter, '"' | '\'') => quote = Some(*letter),
                _ => {}
            }
            quote.is_none() && *letter == '>'
        })
        .map(|(at, _)| at)
}

/// The value of an attribute, as it is written.
fn attribute<'t>(tag: &'t str, wanted: &str) -> Option<&'t str> {
    let mut rest = tag.trim_end_matches('/');
    while let Some(at) = rest.find('=') {
        let name = rest[..at].trim().rsplit(char::is_whitespace).next().unwrap_or_default();
        let value = rest[at + 1..].trim_start();
        let quote = value.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
        let end = value[1..].find(quote)?;
        if name == wanted {
            return Some(&value[1..=end]);
        }
        rest = &value[end + 2..];
    }
    None
}

/// Whether a column is there from the beginning: not hidden, not one that is switched on, no handle or sign.
fn is_shown(tag: &str) -> bool {
    let is = |name: &str, values: &[&str]| attribute(tag, name).is_some_and(|value| values.contains(&value));
    !is("column_invisible", &["1", "True", "true"])
        && !is("invisible", &["1", "True", "true"])
        && !is("optional", &["hide", "hidden"])
        && !is("widget", &["handle", "activity_exception", "list_activity", "image", "boolean_favorite"])
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_the_fields_that_a_person_sees() {
        let arch = r#"<?xml version="1.0"?><list string="A > B" create="0">
            <!-- <field name="in_a_comment"/> -->
            <header><button name="action"/><field name="in_the_header"/></header>
            <field name="sequence" widget="handle"/>
            <field name="hidden" column_invisible="True"/><field name="hidden_too" column_invisible='1'/>
            <field name="by_context" column_invisible="context.get('a') == 'x &gt; y'"/>
            <field name="switched_on" optional="hide"/><field name="shown" optional="show"/>
            <field string="x=y" name="line_ids"><list><field name="inside"/></list></field>
            <groupby name="partner_id"><field name="of_the_group"/></groupby>
            <button name="press" type="object"/>
            <field name="last" decoration-danger="a > 1"/>
        </list>"#;
        assert_eq!(columns(arch), ["by_context", "shown", "line_ids", "last"]);
    }

    #[test]
    fn what_is_no_list_has_no_columns() {
        for arch in [
            "",
            "<",
            "<list",
            "<list><field name=",
            "<list><field name='a b'/></list>",
            "<field name='a'/>",
            "&",
            "<!--",
        ] {
            assert!(columns(arch).is_empty(), "{arch}");
        }
    }
}
