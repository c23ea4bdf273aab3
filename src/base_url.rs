//! The server's address, checked once: what can be meant is normalised, what cannot is refused with the
//! remedy. Two addresses are the same server when their origins are equal.

use ureq::http::Uri;

use crate::error::{Code, Error, Result};

/// A normalised base URL: scheme, host in lower case, port unless it is the scheme's own, and a path prefix
/// without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
    prefix: String,
    host: String,
    secure: bool,
}

impl BaseUrl {
    /// Parses what a person configured.
    pub fn parse(text: &str) -> Result<BaseUrl> {
        let refused = |why: &str, hint: String| {
            Err(Error::new(Code::ConfigInvalid, format!("ODOO_BASE_URL {why}")).with_hint(hint))
        };
        let example = "write it like https://erp.example.com".to_string();
        let text = text.trim();
        let Some((scheme, rest)) = text.split_once("://") else {
            return refused("has no scheme", example);
        };
        if rest.contains('@') {
            return refused(
                "holds user information",
                "take the user and password out: the key is enough".into(),
            );
        }
        if rest.contains(['?', '#']) {
            return refused("has a query or a fragment", example);
        }
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return refused("must start with https:// or http://", example),
        };
        let Ok(uri) = text.parse::<Uri>() else {
            return refused("is not a URL", example);
        };
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let port_text = rest.split('/').next().unwrap_or_default().rsplit_once(':').map(|(_, port)| port);
        if host.is_empty() || (uri.port_u16().is_none() && port_text.is_some_and(|port| !port.ends_with(']')))
        {
            return refused("has no host or no valid port", example);
        }
        let port = uri.port_u16().filter(|port| *port != if secure { 443 } else { 80 });
        let origin = format!(
            "{}://{host}{}",
            if secure { "https" } else { "http" },
            port.map(|port| format!(":{port}")).unwrap_or_default()
        );
        let prefix = uri.path().trim_end_matches('/').to_string();
        let first = prefix.split('/').nth(1).unwrap_or_default();
        if matches!(first, "web" | "odoo" | "json" | "doc" | "jsonrpc" | "xmlrpc") {
            return refused(
                &format!("ends in the path {prefix}, which is a page and not the server"),
                format!("use {origin}"),
            );
        }
        Ok(BaseUrl { origin, prefix, host, secure })
    }

    /// Scheme, host and port: where a key goes.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host alone.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The whole address of a path that starts with `/`.
    pub fn join(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.prefix)
    }

    /// The normalised text.
    pub fn text(&self) -> String {
        self.join("")
    }

    /// https.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host is this machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;

    #[test]
    fn what_can_be_meant_is_normalised() {
        for (given, expected) in [
            ("https://erp.example.com", "https://erp.example.com"),
            ("https://ERP.example.com:443//", "https://erp.example.com"),
            ("http://localhost:8069/", "http://localhost:8069"),
            ("http://[::1]:8069", "http://[::1]:8069"),
            ("https://example.com/behind/proxy/", "https://example.com/behind/proxy"),
        ] {
            assert_eq!(BaseUrl::parse(given).unwrap().text(), expected);
        }
        assert!(BaseUrl::parse("http://127.0.0.9").unwrap().is_loopback());
        assert!(BaseUrl::parse("http://[::1]").unwrap().is_loopback());
        assert!(!BaseUrl::parse("http://localhost.example.com").unwrap().is_loopback());
    }

    #[test]
    fn what_cannot_is_refused() {
        for given in [
            "erp.example.com",
            "ftp://erp.example.com",
            "https://user:pw@erp.example.com",
            "https://erp.example.com/web",
            "https://erp.example.com/odoo/contacts",
            "https://erp.example.com?db=x",
            "https://erp.example.com:99999",
            "https://",
            "https:///x",
            "https://a b",
        ] {
            assert!(BaseUrl::parse(given).is_err(), "{given}");
        }
    }
}
