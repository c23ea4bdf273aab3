//! What a general permission does not open: models by which somebody comes to keys, to rights, to code that Odoo runs,
//! or to the ways by which mail leaves; and fields that hold secrets, on whatever model they stand.

/// Why a model is one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Keys and passwords: reading them is enough.
    Secrets,
    /// Users, groups and what they may.
    Security,
    /// Code that Odoo runs, and when.
    Code,
    /// Where mail comes from and goes to.
    Outbound,
}

impl Tier {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Tier::Secrets => "secrets",
            Tier::Security => "security",
            Tier::Code => "server actions",
            Tier::Outbound => "outbound configuration",
        }
    }

    /// Whether reading is closed as well.
    pub fn closes_reads(self) -> bool {
        self == Tier::Secrets
    }
}

use Tier::{Code, Outbound, Secrets, Security};

/// Models by name.
const MODELS: [(&str, Tier); 50] = [
    ("auth.oauth.provider", Security),
    ("auth.passkey.key", Secrets),
    ("auth_totp.device", Secrets),
    ("auth_totp.rate.limit.log", Security),
    ("auth_totp.wizard", Secrets),
    ("base.automation", Code),
    ("base.language.install", Security),
    ("base.module.uninstall", Security),
    ("base.module.update", Security),
    ("base.module.upgrade", Security),
    ("certificate.certificate", Secrets),
    ("certificate.key", Secrets),
    ("change.password.own", Secrets),
    ("change.password.user", Secrets),
    ("change.password.wizard", Secrets),
    ("fetchmail.server", Outbound),
    ("google.calendar.account.reset", Security),
    ("iap.account", Secrets),
    ("ir.actions.server", Code),
    ("ir.config_parameter", Secrets),
    ("ir.cron", Code),
    ("ir.cron.trigger", Code),
    ("ir.default", Code),
    ("ir.mail_server", Outbound),
    ("ir.model", Security),
    ("ir.model.access", Security),
    ("ir.model.constraint", Security),
    ("ir.model.fields", Security),
    ("ir.model.fields.selection", Security),
    ("ir.model.relation", Security),
    ("ir.module.module", Security),
    ("ir.rule", Security),
    ("ir.ui.view", Code),
    ("mail.alias", Outbound),
    ("mail.alias.domain", Outbound),
    ("mail.template", Outbound),
    ("payment.provider", Secrets),
    ("res.company.ldap", Secrets),
    ("res.config.settings", Security),
    ("res.groups", Security),
    ("res.groups.privilege", Security),
    ("res.users", Security),
    ("res.users.apikeys", Secrets),
    ("res.users.apikeys.description", Secrets),
    ("res.users.apikeys.show", Secrets),
    ("res.users.deletion", Security),
    ("res.users.identitycheck", Secrets),
    ("res.users.role", Security),
    ("sms.template", Outbound),
    ("sms.twilio.number", Outbound),
];

/// The tier of a model, if it has one.
pub fn tier(model: &str) -> Option<Tier> {
    MODELS.binary_search_by_key(&model, |row| row.0).ok().and_then(|at| MODELS.get(at)).map(|row| row.1)
}

/// Words in the name of what is a secret, on whatever model.
const WORDS: [&str; 13] = [
    "apikey",
    "authtoken",
    "credential",
    "otp",
    "passphrase",
    "passwd",
    "password",
    "pin",
    "pwd",
    "rtoken",
    "secret",
    "sessionid",
    "token",
];
/// The same, where the name ends with them: a bar of cookies is none.
const LAST: [&str; 2] = ["authorization", "cookie"];
/// Two words that are one together.
const PAIRS: [(&str, &[&str]); 3] = [
    ("key", &["api", "private", "secret", "access", "transaction", "signature", "encryption", "merchant"]),
    ("pass", &["smtp", "mail", "user", "db", "ftp", "proxy", "imap"]),
    ("id", &["session"]),
];
/// A name that ends so tells something of a secret and is none.
const MEASURES: [&str; 8] =
    ["count", "length", "size", "limit", "lifetime", "expiry", "expiration", "validity"];
/// How a field begins that tells something of a secret and holds none.
const ABOUT: [&str; 9] =
    ["allow_", "auth_signup_", "enforce_", "has_", "is_", "minimum_", "reset_", "show_", "use_"];

/// The words of a name: `clientSecret2` has two.
fn words(name: &str) -> Vec<&str> {
    let bytes = name.as_bytes();
    let (mut words, mut start) = (Vec::new(), 0);
    let mut add = |from: usize, to: usize| {
        let word = name.get(from..to).unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
        if !word.is_empty() {
            words.push(word);
        }
    };
    for (at, one) in bytes.iter().enumerate() {
        if !one.is_ascii_alphanumeric() {
            add(start, at);
            start = at + 1;
            continue;
        }
        let before = at.checked_sub(1).map(|before| bytes[before]);
        let is_next_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        let begins = one.is_ascii_uppercase()
            && before.is_some_and(|before| !before.is_ascii_uppercase() || is_next_lower);
        if begins {
            add(start, at);
            start = at;
        }
    }
    add(start, bytes.len());
    words
}

/// Whether a name speaks of a secret: one is under it, or what tells something of one.
pub fn speaks_of_secret(name: &str) -> bool {
    let words = words(name);
    let is = |word: &str, secret: &str| {
        let singular = word.strip_suffix(['s', 'S']).unwrap_or(word);
        word.eq_ignore_ascii_case(secret) || singular.eq_ignore_ascii_case(secret)
    };
    let is_any = |word: &str, all: &[&str]| all.iter().any(|one| word.eq_ignore_ascii_case(one));
    let is_pair =
        |two: &[&str]| PAIRS.iter().any(|(word, before)| is(two[1], word) && is_any(two[0], before));
    words.iter().any(|word| WORDS.iter().any(|secret| is(word, secret)))
        || words.last().is_some_and(|last| LAST.iter().any(|secret| is(last, secret)))
        || words.windows(2).any(is_pair)
}

/// Whether a name is that of a measure of something.
pub fn is_measure(name: &str) -> bool {
    words(name).last().is_some_and(|last| MEASURES.iter().any(|measure| last.eq_ignore_ascii_case(measure)))
}

/// Whether a name is that of a field which leads to records.
pub fn is_relation(name: &str) -> bool {
    name.ends_with("_id") || name.ends_with("_ids")
}

/// Whether a field holds a secret, by its name.
pub fn is_secret(field: &str) -> bool {
    let is_about = ABOUT.iter().any(|beginning| field.starts_with(beginning));
    speaks_of_secret(field) && !is_about && !is_measure(field) && !is_relation(field)
}

/// What a field that lists records leads to, where the fields of its model are not at hand.
const RELATIONS: [(&str, &str); 17] = [
    ("access_ids", "ir.model.access"),
    ("activity_ids", "mail.activity"),
    ("api_key_ids", "res.users.apikeys"),
    ("attachment_ids", "ir.attachment"),
    ("attendee_ids", "calendar.attendee"),
    ("bank_ids", "res.partner.bank"),
    ("group_ids", "res.groups"),
    ("groups_id", "res.groups"),
    ("implied_ids", "res.groups"),
    ("invoice_line_ids", "account.move.line"),
    ("message_ids", "mail.message"),
    ("message_partner_ids", "res.partner"),
    ("model_access", "ir.model.access"),
    ("rule_groups", "ir.rule"),
    ("rule_ids", "ir.rule"),
    ("user_ids", "res.users"),
    ("users", "res.users"),
];

/// What such a field usually leads to.
pub fn usual_relation(field: &str) -> Option<&'static str> {
    RELATIONS.iter().find(|row| row.0 == field).map(|row| row.1)
}

/// Fields that usually only link records, where the fields of their model are not at hand.
const LINKS: [&str; 13] = [
    "categ_ids",
    "category_id",
    "category_ids",
    "company_ids",
    "group_ids",
    "groups_id",
    "implied_ids",
    "message_partner_ids",
    "partner_ids",
    "tag_ids",
    "tax_id",
    "tax_ids",
    "taxes_id",
];

/// Whether a field usually only links records.
pub fn only_links(field: &str) -> bool {
    LINKS.binary_search(&field).is_ok()
}

/// Whether a field is called like one that lists records.
pub fn is_list(field: &str) -> bool {
    usual_relation(field).is_some()
        || only_links(field)
        || ["_ids", "_line", "_lines"].iter().any(|it| field.ends_with(it))
}

/// Whether a link between records of two models that is written in neither is a right all the same. Who is to do
/// something is linked to it everywhere; a user's companies are rights.
pub fn guards_links(model: &str, to: &str) -> bool {
    tier(to).is_some() && (to != "res.users" || model == "res.company")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(MODELS.is_sorted() && RELATIONS.is_sorted() && LINKS.is_sorted());
    }

    #[test]
    fn a_secret_is_told_from_what_is_said_about_one() {
        for secret in [
            "password",
            "api_key",
            "totp_secret",
            "stripe_secret_key",
            "x_studio_password",
            "new_password",
            "smtp_pass",
            "smtp_ssl_private_key",
            "access_token",
            "google_calendar_rtoken",
            "password_crypt",
            "clientSecret_secret",
            "tokens",
            "clientSecret",
            "APIKey",
            "password2",
            "token_1",
            "authToken",
            "authtoken",
            "Authorization",
            "set_cookie",
            "sips_merchant_key",
            "ogone_signature_key",
            "transaction_keys",
            "encryptionKey",
            "unsplash_access_key",
        ] {
            assert!(is_secret(secret) && speaks_of_secret(secret), "{secret}");
        }
        for plain in [
            "has_password",
            "auth_signup_reset_password",
            "secretary_id",
            "name",
            "key",
            "token_count",
            "payment_token_id",
            "session_id",
            "google_gmail_access_token_expiration",
            "delay_pass",
            "passport_id",
            "website_form_key",
            "recaptcha_public_key",
        ] {
            assert!(!is_secret(plain), "{plain}");
        }
        for plain in [
            "secretary",
            "passport_id",
            "compass",
            "key",
            "name",
            "spin",
            "pinned",
            "tokenized",
            "keyboard",
            "merchant_name",
            "cookies_bar",
            "authorization_date",
            "key_id",
            "pa",
            "session",
        ] {
            assert!(!speaks_of_secret(plain), "{plain}");
        }
    }

    #[test]
    fn what_opens_everything_is_closed() {
        assert_eq!(tier("res.users.apikeys"), Some(Secrets));
        assert_eq!(tier("ir.actions.server"), Some(Code));
        assert_eq!(tier("res.partner"), None);
    }
}
