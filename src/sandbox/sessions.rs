//! Who calls: users by key, by login and password, by session. The passwords are the logins, public and worthless as
//! the keys are. Agents have the one way in that the guard leaves them, a key by JSON-2.

use serde_json::{Value, json};

use super::env::Env;
use super::fault::{Fault, Outcome};
use super::{
    ADMIN_KEY, AGENT_KEY, APPROVER_KEY, DATABASE, DOCS_KEY, VERSION, VERSION_INFO, access, guard, python,
};
use crate::transport::HttpRequest;

const KEYS: [(&str, i64); 4] = [(AGENT_KEY, 7), (DOCS_KEY, 8), (APPROVER_KEY, 9), (ADMIN_KEY, 2)];
/// Seconds that a cookie is good for.
const LIFE: u64 = 7 * 24 * 3600;

/// The user of a key.
pub fn of_key(key: &str) -> Option<i64> {
    KEYS.iter().find(|(known, _)| *known == key).map(|(_, user)| *user)
}

fn login(env: &Env, user: i64) -> Option<&str> {
    env.row("res.users", user)?.get("login")?.as_str()
}

/// Whether a user may use the older protocols.
fn is_let_in(env: &Env, user: i64) -> bool {
    env.flag("res.users", user, "active") && !access::user_has_group(env, user, guard::AGENT_GROUP)
}

fn of_login(env: &Env, name: &str) -> Option<i64> {
    env.world.ids("res.users").into_iter().find(|user| login(env, *user) == Some(name))
}

/// The user of a login with a key or password.
pub fn of_login_and_secret(env: &Env, name: &str, secret: &str) -> Option<i64> {
    let user = of_login(env, name)?;
    (is_let_in(env, user) && (of_key(secret) == Some(user) || name == secret)).then_some(user)
}

/// A user with a password, no key.
pub fn of_login_and_password(env: &Env, name: &str, password: &str) -> Option<i64> {
    of_login(env, name).filter(|user| is_let_in(env, *user) && name == password)
}

/// Whether a user's number and secret belong together.
pub fn check(env: &Env, user: i64, secret: &str) -> Outcome<()> {
    if secret.is_empty() || user == 0 {
        return Err(Fault::denied());
    }
    let Some(name) = login(env, user) else {
        return Err(Fault::missing("res.users", &[user], user));
    };
    if is_let_in(env, user) && (of_key(secret) == Some(user) || name == secret) {
        Ok(())
    } else {
        Err(Fault::denied())
    }
}

/// The user of a request's session.
pub fn of_cookie(env: &Env, request: &HttpRequest) -> Option<i64> {
    let cookie = request.cookie.as_ref()?;
    env.world.session(&python::sha256(cookie.expose())).filter(|user| is_let_in(env, *user))
}

/// Opens a session and gives its cookie.
pub fn open(env: &mut Env, user: i64) -> String {
    let cookie = new_cookie();
    env.world.open_session(python::sha256(&cookie), user);
    cookie
}

/// Ends a request's session.
pub fn end(env: &mut Env, request: &HttpRequest) {
    if let Some(cookie) = &request.cookie {
        env.world.end_session(&python::sha256(cookie.expose()));
    }
}

/// As long as Odoo's.
pub fn new_cookie() -> String {
    let mut cookie = guard::random_text();
    cookie.push_str(&guard::random_text());
    cookie.truncate(84);
    cookie
}

/// The header that sets it.
pub fn set_cookie(cookie: &str, now: u64) -> (String, String) {
    let until = std::time::UNIX_EPOCH + std::time::Duration::from_secs(now.saturating_add(LIFE));
    let until = httpdate::fmt_http_date(until);
    let text = format!("session_id={cookie}; Expires={until}; Max-Age={LIFE}; HttpOnly; Path=/");
    ("set-cookie".into(), text)
}

/// What a session is told about itself.
pub fn info(env: &Env) -> Value {
    let user = env.row("res.users", env.user).cloned().unwrap_or_default();
    let of = |name: &str| user.get(name).cloned().unwrap_or(json!(false));
    let is_system = access::user_has_group(env, env.user, "base.group_system");
    let company = env.company();
    let name = env.text("res.company", company, "name");
    let companies = json!({
        "current_company": company,
        "allowed_companies": {
            company.to_string(): {"id": company, "name": name, "sequence": 0, "child_ids": [], "parent_id": false},
        },
        "disallowed_ancestor_companies": {},
    });
    json!({
        "uid": env.user,
        "is_system": is_system,
        "is_admin": is_system,
        "is_public": false,
        "is_internal_user": access::user_has_group(env, env.user, "base.group_user"),
        "user_context": {"lang": user.get("lang").cloned().unwrap_or(json!("en_US")), "tz": of("tz"), "uid": env.user},
        "db": DATABASE,
        "server_version": VERSION,
        "server_version_info": VERSION_INFO,
        "name": env.user_name(env.user),
        "username": of("login"),
        "partner_id": of("partner_id"),
        "partner_display_name": env.user_name(env.user),
        "user_companies": companies,
    })
}
