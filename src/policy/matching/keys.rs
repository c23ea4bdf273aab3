//! What stands under the keys of a `match`. It decides nothing.

use crate::knowledge::classes::{Class, Classes};
use crate::policy::pattern::Pattern;
use crate::policy::reading::{Members, Node, Read};
use crate::policy::test::Test;

pub(super) fn names(members: &Members, key: &str, more: &str) -> Read<Option<Vec<Pattern>>> {
    members.get(key).map(|node| node.patterns(more)).transpose()
}

pub(super) fn effects(node: &Node) -> Read<Classes> {
    let mut all = Classes::default();
    for one in node.one_or_more()? {
        let word = one.text()?;
        let class = Class::of_word(word).ok_or_else(|| {
            let known: Vec<&str> = Class::ALL.iter().map(|class| class.as_str()).collect();
            one.wrong(format!("{word:?} is no effect: known are {}", known.join(", ")))
        })?;
        all = all.with(class);
    }
    Ok(all)
}

pub(super) fn range(node: &Node) -> Read<(u64, u64)> {
    let members = node.object(&["min", "max"])?;
    let min = members.get("min").map(|node| node.whole()).transpose()?;
    let max = members.get("max").map(|node| node.whole()).transpose()?;
    match (min, max) {
        (None, None) => Err(node.wrong("min or max is expected")),
        (min, max) if min.unwrap_or(0) > max.unwrap_or(u64::MAX) => {
            Err(node.wrong("min is above max: the rule can never match"))
        }
        (min, max) => Ok((min.unwrap_or(0), max.unwrap_or(u64::MAX))),
    }
}

pub(super) fn context(node: &Node) -> Read<Vec<(String, Vec<Test>)>> {
    let all = node.map()?.into_iter().filter(|(key, _)| *key != "description");
    let all: Vec<_> = all.map(|(key, node)| Ok((key.to_string(), Test::all(&node)?))).collect::<Read<_>>()?;
    if all.is_empty() { Err(node.wrong("no key is named: this can never match")) } else { Ok(all) }
}
