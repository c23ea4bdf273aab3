//! What a command reaches: the network, data in Odoo, this machine. clap cannot know it, so this is the one table
//! that a new command needs a line in; a test asks for it.

/// What a command can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    /// Nothing but caches.
    Nothing,
    /// Something on this machine.
    Local,
    /// Data in Odoo.
    Odoo,
}

impl Changes {
    /// The word in `describe`.
    pub fn as_str(self) -> &'static str {
        match self {
            Changes::Nothing => "nothing",
            Changes::Local => "local",
            Changes::Odoo => "odoo",
        }
    }
}

/// One line: whether the command talks to Odoo, and what it can change.
pub struct Touches {
    /// The command.
    pub command: &'static str,
    /// It talks to Odoo.
    pub network: bool,
    /// It can change this.
    pub changes: Changes,
}

const fn touches(command: &'static str, network: bool, changes: Changes) -> Touches {
    Touches { command, network, changes }
}

/// Every command.
const TABLE: [Touches; 22] = [
    touches("call", true, Changes::Odoo),
    touches("search-read", true, Changes::Nothing),
    touches("count", true, Changes::Nothing),
    touches("group", true, Changes::Nothing),
    touches("read", true, Changes::Nothing),
    touches("create", true, Changes::Odoo),
    touches("write", true, Changes::Odoo),
    touches("lookup", true, Changes::Nothing),
    touches("schema-summary", true, Changes::Nothing),
    touches("doc-index", true, Changes::Nothing),
    touches("doc-model", true, Changes::Nothing),
    touches("exec-spec", true, Changes::Odoo),
    touches("approve", true, Changes::Odoo),
    touches("approvals", true, Changes::Odoo),
    touches("doctor", true, Changes::Nothing),
    touches("cache", false, Changes::Local),
    touches("session", true, Changes::Local),
    touches("sandbox", false, Changes::Local),
    touches("describe", false, Changes::Nothing),
    touches("spec-schema", false, Changes::Nothing),
    touches("completions", false, Changes::Nothing),
    touches("man", false, Changes::Local),
];

/// What a command reaches, if the table has it.
pub fn of(command: &str) -> Option<&'static Touches> {
    TABLE.iter().find(|line| line.command == command)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_command_has_its_line_and_its_result() {
        let root = crate::cli::Cli::command();
        let names: Vec<&str> =
            crate::cli::interface::commands_of(&root).map(|command| command.get_name()).collect();
        for name in &names {
            assert!(super::of(name).is_some(), "src/interface/touches.rs does not say what {name} reaches");
            assert!(
                super::super::results::of(name).is_some(),
                "src/interface/results.rs does not know {name}"
            );
        }
        assert!(super::TABLE.iter().all(|line| names.contains(&line.command)));
    }
}
