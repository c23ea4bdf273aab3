//! Which protocol a profile speaks. Where it leaves a choice the server is asked once what it is, and that is
//! remembered for as long as its documents are; where it leaves none nothing is asked.

use serde_json::{Value, json};

use super::schema::DOCUMENT_TTL;
use super::server::Server;
use crate::cache::{Cache, Found, Key, Owner, Section};
use crate::error::{Code, Error, Result};
use crate::protocol::json2::Json2;
use crate::protocol::jsonrpc::JsonRpc;
use crate::protocol::session::WebSession;
use crate::protocol::{Protocol, Way};
use crate::settings::{Settings, Wish};

/// The first version with JSON-2.
pub const FIRST_WITH_JSON2: u32 = 19;

/// A chosen protocol.
pub struct Link {
    /// It.
    pub protocol: Box<dyn Protocol>,
    /// The server's version, where it was asked.
    pub server: Option<Server>,
    /// In a few words.
    pub why: &'static str,
}

/// What can be told without asking the server.
pub fn without_asking(settings: &Settings) -> Option<Link> {
    let json2 = |why| Link { protocol: Box::new(Json2::new(&settings.database)), server: None, why };
    match settings.wish {
        Wish::Json2 => Some(json2("the profile says so")),
        // A key alone opens nothing else: the others want a login.
        Wish::Auto if settings.login.is_none() => Some(json2("a key without ODOO_LOGIN opens nothing else")),
        Wish::Auto | Wish::JsonRpc | Wish::Session => None,
    }
}

/// The protocol for a server.
///
/// # Errors
/// `config_missing`: none of those that the server answers can be opened with what the profile holds.
pub fn chosen(settings: &Settings, server: Server) -> Result<Link> {
    let (way, why) = way(settings, &server)?;
    let (database, major) = (settings.database.as_str(), server.major);
    let protocol: Box<dyn Protocol> = match way {
        Way::Json2 => Box::new(Json2::new(database)),
        Way::JsonRpc => Box::new(JsonRpc::new(database, major)),
        Way::Session => Box::new(WebSession::new(major)),
    };
    Ok(Link { protocol, server: Some(server), why })
}

fn way(settings: &Settings, server: &Server) -> Result<(Way, &'static str)> {
    let (has_key, has_password) = (settings.api_key.is_some(), settings.password.is_some());
    Ok(match settings.wish {
        Wish::Json2 => (Way::Json2, "the profile says so"),
        Wish::JsonRpc => (Way::JsonRpc, "the profile says so"),
        Wish::Session => (Way::Session, "the profile says so"),
        Wish::Auto if has_key && server.major >= FIRST_WITH_JSON2 => {
            (Way::Json2, "Odoo 19 and later, and a key")
        }
        Wish::Auto if has_key && server.has_jsonrpc => (Way::JsonRpc, "Odoo before 19, and a key"),
        Wish::Auto if has_password && server.has_jsonrpc => {
            (Way::JsonRpc, "a password, and no key that would do")
        }
        Wish::Auto if has_password => (Way::Session, "a password, and /jsonrpc does not answer"),
        Wish::Auto => {
            return Err(Error::new(
                Code::ConfigMissing,
                format!(
                    "the server runs Odoo {} and does not answer /jsonrpc: the key opens nothing there, and nothing was sent",
                    server.version
                ),
            )
            .with_hint("set ODOO_PASSWORD (or ODOO_PASSWORD_COMMAND) in the profile for the web session, or have /jsonrpc let through"));
        }
    })
}

/// A server is the same for everybody.
fn everybody(owner: &Owner) -> Owner {
    Owner { base_url: owner.base_url.clone(), database: String::new(), user: String::new() }
}

fn key(owner: &Owner) -> Key<'_> {
    Key { owner, section: Section::Server, model: "server", question: json!({}) }
}

/// What was learnt of a server before.
pub fn remembered(cache: &Cache, owner: &Owner) -> Option<Server> {
    let owner = everybody(owner);
    let Found::Fresh(entry) = cache.find(&key(&owner), DOCUMENT_TTL) else { return None };
    let value: Value = serde_json::from_str(&entry.body).ok()?;
    Some(Server {
        version: value["version"].as_str()?.into(),
        major: u32::try_from(value["major"].as_u64()?).ok()?,
        has_jsonrpc: value["jsonrpc"].as_bool()?,
    })
}

/// Remembers it.
pub fn remember(cache: &Cache, owner: &Owner, server: &Server) {
    let body = json!({ "version": server.version, "major": server.major, "jsonrpc": server.has_jsonrpc });
    let _ = cache.store(&key(&everybody(owner)), &body.to_string(), None, "");
}
