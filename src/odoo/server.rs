//! Which Odoo answers: its version, as it says itself. Pure.

use serde_json::Value;

use crate::transport::HttpReply;

/// An Odoo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// `19.0`, `saas~18.2+e`.
    pub version: String,
    /// 19.
    pub major: u32,
    /// It answers JSON-RPC.
    pub has_jsonrpc: bool,
}

/// The version in an answer of `/web/version`.
pub fn version_in(reply: &HttpReply) -> Option<String> {
    let body: Value = serde_json::from_slice(&reply.body).ok().filter(|_| reply.status == 200)?;
    body.get("version")?.as_str().map(str::to_string)
}

/// The same of `common.version` and `/web/webclient/version_info`. Builds of Odoo Online may write the number as a
/// text.
pub fn told_in(reply: &HttpReply) -> Option<(String, u32)> {
    let body: Value = serde_json::from_slice(&reply.body).ok().filter(|_| reply.status == 200)?;
    let told = body.get("result")?;
    let version = told["server_version"].as_str()?.to_string();
    let number = &told["server_version_info"][0];
    let number = number.as_u64().and_then(|number| u32::try_from(number).ok());
    let of_text = || told["server_version_info"][0].as_str().and_then(major);
    Some((version.clone(), number.or_else(of_text).or_else(|| major(&version))?))
}

/// The major version in `19.0`, `19.0+e` or `saas~19.2+e`.
pub fn major(version: &str) -> Option<u32> {
    version.trim_start_matches("saas~").trim_start_matches("saas-").split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_however_it_is_written() {
        for (version, number) in
            [("19.0", 19), ("19.0+e", 19), ("saas~18.2+e", 18), ("saas-17.4", 17), ("16.0-20250626", 16)]
        {
            assert_eq!(major(version), Some(number), "{version}");
        }
        assert_eq!(major("unknown"), None);
        let of = |info: &str| {
            let body =
                format!(r#"{{"result":{{"server_version":"saas~18.2+e","server_version_info":[{info}]}}}}"#);
            told_in(&HttpReply { status: 200, headers: Vec::new(), body: body.into_bytes() })
        };
        for info in ["18, 2", r#""saas~18", 2"#, "", r#""x""#] {
            assert_eq!(of(info), Some(("saas~18.2+e".into(), 18)), "{info}");
        }
    }
}
