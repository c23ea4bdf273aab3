//! Flags that several commands share: which fields, which domain, which records, a person's approval, the checks.

use std::time::Duration;

use clap::Args;
use serde_json::Value;

use crate::actions::approvals::{PATIENCE_FORM, patience};
use crate::actions::fields::Fields;
use crate::caller::{Approval, Rules};
use crate::error::{Code, Error, Result};
use crate::json_input::{self, Source, Stdin};
use crate::secret::Secret;

/// Flags for fields.
#[derive(Args, Clone, Debug, Default)]
pub struct FieldsArgs {
    /// Fields to read: a,b,c or '*' for all that are readable [default: the columns of Odoo's own list]
    #[arg(long, value_name = "A,B,C", conflicts_with_all = ["fields_json", "fields_file"])]
    pub fields: Option<String>,
    /// The same as a JSON list
    #[arg(long, value_name = "JSON")]
    pub fields_json: Option<String>,
    /// The same from a file, or - for stdin
    #[arg(long, value_name = "FILE")]
    pub fields_file: Option<String>,
}

impl FieldsArgs {
    /// The fields that the flags name.
    pub fn fields(self, stdin: &mut Stdin) -> Result<Fields> {
        if let Some(list) = self.fields {
            // JSON is what every other argument of this kind takes.
            if list.trim_start().starts_with('[')
                && let Ok(value) = json_input::parse(&list)
            {
                return Fields::parse(value, "--fields");
            }
            if list.trim_start().starts_with('[') {
                return Err(Error::usage("--fields takes names with commas: a,b,c")
                    .with_hint("a JSON list goes with --fields-json"));
            }
            let names: Vec<String> =
                list.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_string).collect();
            return if names.is_empty() {
                Err(Error::usage("--fields is empty"))
            } else {
                Ok(Fields::of(names))
            };
        }
        match Source::choose("--fields-json", self.fields_json, "--fields-file", self.fields_file)? {
            Some(source) => Fields::parse(stdin.json(&source)?, source.flag()),
            None => Ok(Fields::Usual),
        }
    }
}

/// Flags for a domain.
#[derive(Args, Clone, Debug, Default)]
pub struct DomainArgs {
    /// Which records (a JSON list) [default: all]
    #[arg(long, value_name = "JSON", visible_alias = "domain")]
    domain_json: Option<String>,
    /// The same from a file, or - for stdin
    #[arg(long, value_name = "FILE")]
    domain_file: Option<String>,
}

impl DomainArgs {
    /// The domain that the flags give; empty without them.
    pub fn domain(self, stdin: &mut Stdin) -> Result<Vec<Value>> {
        match Source::choose("--domain-json", self.domain_json, "--domain-file", self.domain_file)? {
            Some(source) => json_input::domain(stdin.json(&source)?, source.flag()),
            None => Ok(Vec::new()),
        }
    }
}

/// Flags for records.
#[derive(Args, Clone, Debug, Default)]
pub struct IdsArgs {
    /// Record ids: 1 2 3 or 1,2,3, repeatable
    #[arg(long, value_name = "ID", num_args = 1.., allow_negative_numbers = true)]
    pub ids: Vec<String>,
}

impl IdsArgs {
    /// The ids, if the flag was given.
    pub fn ids(&self) -> Result<Option<Vec<i64>>> {
        if self.ids.is_empty() {
            return Ok(None);
        }
        let parts = self.ids.iter().flat_map(|word| word.split([',', ' '])).filter(|part| !part.is_empty());
        let ids: Vec<i64> = parts
            .map(|part| {
                part.parse::<i64>().ok().filter(|id| *id > 0).ok_or_else(|| {
                    Error::new(
                        Code::InvalidJson,
                        format!("--ids: {part:?} is not a record id (a whole number from 1)"),
                    )
                })
            })
            .collect::<Result<_>>()?;
        if ids.is_empty() { Err(Error::usage("--ids is empty: nothing was sent")) } else { Ok(Some(ids)) }
    }

    /// The ids of a command that cannot do without.
    pub fn needed(&self, command: &str) -> Result<Vec<i64>> {
        self.ids()?.ok_or_else(|| {
            Error::usage(format!(
                "{command} needs --ids: without them Odoo would do nothing and say that it did"
            ))
        })
    }
}

/// Flags for calls that a person may have to approve.
#[derive(Args, Clone, Debug, Default)]
pub struct ApprovalArgs {
    /// If the guard wants a confirmation, mint one with the approver's key and retry once
    #[arg(long)]
    pub confirm_outbound: bool,
    /// Present the token that `odoo-agent approve` printed, from a file or - for stdin
    #[arg(long, value_name = "FILE")]
    pub confirm_token_file: Option<String>,
    /// If the guard wants a confirmation, wait this long for a person to approve it, like 10m, and send it then
    #[arg(long, value_name = "DURATION", value_parser = waiting, conflicts_with = "confirm_token_file")]
    pub wait_approval: Option<Duration>,
}

fn waiting(text: &str) -> std::result::Result<Duration, String> {
    patience(text).ok_or_else(|| format!("expected {PATIENCE_FORM}"))
}

impl ApprovalArgs {
    /// What the flags bring along.
    pub fn approval(self, stdin: &mut Stdin) -> Result<Approval> {
        let token = match self.confirm_token_file {
            Some(path) => {
                let bytes = stdin.bytes("--confirm-token-file", &path, LARGEST_TOKEN)?;
                Some(token_in(bytes, "--confirm-token-file")?)
            }
            None => None,
        };
        Ok(Approval { confirm_outbound: self.confirm_outbound, token, wait: self.wait_approval })
    }
}

/// Flags for the checks before a call.
#[derive(Args, Clone, Debug, Default)]
pub struct RulesArgs {
    /// Print the request as JSON, checked and mended, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Refuse what would be mended: pairs of id and name, null for a record, times with a zone
    #[arg(long)]
    pub strict: bool,
    /// Send this field as given, whatever the checks say of it, repeatable
    #[arg(long, value_name = "NAME")]
    pub force_field: Vec<String>,
    /// Allow this many records in one call (without it: write 100, unlink 10, create any number)
    #[arg(long, value_name = "N")]
    pub max_records: Option<u32>,
}

impl RulesArgs {
    /// What the flags ask for.
    pub fn rules(self) -> Rules {
        Rules {
            strict: self.strict,
            force_fields: self.force_field,
            max_records: self.max_records,
            dry_run: self.dry_run,
        }
    }
}

const LARGEST_TOKEN: u64 = 4096;

/// The token alone, or as the JSON string that `approve` prints.
pub fn token_in(bytes: Vec<u8>, place: &str) -> Result<Secret> {
    let bytes = zeroize::Zeroizing::new(bytes);
    let text = std::str::from_utf8(&bytes).map(str::trim).unwrap_or_default();
    let token = serde_json::from_str::<String>(text).unwrap_or_else(|_| text.to_string());
    if token.is_empty() || !token.chars().all(|c| c.is_ascii_graphic()) {
        return Err(Error::usage(format!(
            "{place} holds no token: one line of letters and digits is expected"
        )));
    }
    Ok(Secret::new(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(words: &[&str]) -> Result<Option<Vec<i64>>> {
        IdsArgs { ids: words.iter().map(|word| word.to_string()).collect() }.ids()
    }

    #[test]
    fn ids_come_in_three_forms() {
        assert_eq!(ids(&["1", "2,3", "4 5"]).unwrap(), Some(vec![1, 2, 3, 4, 5]));
        assert_eq!(ids(&[]).unwrap(), None);
        for bad in ["0", "-1", "x", "1.0", "true", "99999999999999999999", ""] {
            assert!(ids(&[bad]).is_err(), "{bad}");
        }
    }
}
