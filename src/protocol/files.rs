//! Files as the web session alone reads them: what an attachment or a binary field holds, and printed reports. No key
//! opens these paths (`auth="user"`, Odoo 14 to 19: web/controllers/binary.py and report.py). It sends nothing.
//!
//! Asked for by the verbs to come that fetch and print; of an answer it says whether it is the file.

use crate::error::{Error, Result};
use crate::operation::{check_model, is_identifier};
use crate::secret::Secret;
use crate::transport::{HttpReply, HttpRequest, Method};

/// A file in an Odoo.
#[derive(Clone, Debug, PartialEq)]
pub enum File<'a> {
    /// What an attachment holds.
    Attachment(i64),
    /// What a binary field of a record holds.
    Field {
        /// `res.partner`
        model: &'a str,
        /// Of the record.
        id: i64,
        /// `image_1920`
        field: &'a str,
    },
    /// A report on records, printed as PDF.
    Report {
        /// `account.report_invoice`
        name: &'a str,
        /// Of the records.
        ids: &'a [i64],
    },
}

impl File<'_> {
    /// The request for it, with the session's cookie.
    ///
    /// # Errors
    /// A name that is none, which could lead the path elsewhere, or a report on no record.
    pub fn request(&self, cookie: &Secret) -> Result<HttpRequest> {
        Ok(HttpRequest {
            method: Method::Get,
            path: self.path()?,
            headers: Vec::new(),
            bearer: None,
            cookie: Some(cookie.clone()),
            body: None,
        })
    }

    fn path(&self) -> Result<String> {
        Ok(match self {
            File::Attachment(id) => format!("/web/content/{id}?download=true"),
            File::Field { model, id, field } => {
                check_model(model)?;
                if !is_identifier(field) {
                    return Err(Error::usage(format!("{field:?} is not the name of a field")));
                }
                format!("/web/content/{model}/{id}/{field}?download=true")
            }
            File::Report { name, ids } => {
                if ids.is_empty() || name.is_empty() || !name.split('.').all(is_identifier) {
                    return Err(Error::usage(format!("{name:?} of {ids:?} is no report on records")));
                }
                let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
                format!("/report/pdf/{name}/{}", ids.join(","))
            }
        })
    }

    /// Whether a reply is the file: pages of Odoo's own, for a lost session or a report that failed, are HTML.
    pub fn is_in(&self, reply: &HttpReply) -> bool {
        let kind = reply.header("content-type").unwrap_or_default();
        let is_sent = reply.header("content-disposition").is_some_and(|how| how.starts_with("attachment"));
        reply.status == 200
            && match self {
                File::Attachment(_) | File::Field { .. } => is_sent,
                File::Report { .. } => kind.starts_with("application/pdf") && reply.body.starts_with(b"%PDF"),
            }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::protocol::session;

    /// Every recorded exchange of 14 to 19.
    #[test]
    fn a_file_is_asked_for_and_told_from_a_page_as_it_was_recorded() {
        let cookie = Secret::new("0123456789abcdef0123456789abcdef01234567".into());
        let pairs: Vec<Value> =
            serde_json::from_str(include_str!("../../tests/wire/rpc/files.json")).unwrap();
        assert_eq!(pairs.len(), 18);
        for pair in pairs {
            let path = pair["path"].as_str().unwrap();
            let id = path.trim_start_matches("/web/content/").split('?').next().unwrap().parse().unwrap();
            let request = File::Attachment(id).request(&cookie).unwrap();
            assert_eq!((request.path.as_str(), &request.method), (path, &Method::Get));
            assert!(request.bearer.is_none() && request.cookie.is_some() && request.body.is_none());
            let headers = pair["headers"].as_object().unwrap().iter();
            let reply = HttpReply {
                status: pair["status"].as_u64().unwrap().try_into().unwrap(),
                headers: headers
                    .map(|(name, value)| (name.clone(), value.as_str().unwrap().into()))
                    .collect(),
                body: pair["text"].as_str().unwrap().into(),
            };
            let is_file = pair["name"] == "web_content_download";
            assert_eq!(File::Attachment(id).is_in(&reply), is_file, "{}", pair["name"]);
            assert!(session::cookie(&reply).is_none());
        }
    }

    #[test]
    fn a_name_stays_in_its_place() {
        let cookie = Secret::new("0123456789abcdef0123456789abcdef01234567".into());
        let path = |file: File| file.request(&cookie).map(|request| request.path);
        let image = File::Field { model: "res.partner", id: 7, field: "image_1920" };
        assert_eq!(path(image).unwrap(), "/web/content/res.partner/7/image_1920?download=true");
        let invoice = File::Report { name: "account.report_invoice", ids: &[7, 8] };
        assert_eq!(path(invoice).unwrap(), "/report/pdf/account.report_invoice/7,8");
        for name in ["", "..", "a/../b", "account.report_invoice?x=1", "a b", "a\r\nb", "a%2f"] {
            assert!(path(File::Report { name, ids: &[7] }).is_err(), "{name:?}");
            assert!(path(File::Field { model: name, id: 7, field: "raw" }).is_err(), "{name:?}");
            assert!(path(File::Field { model: "res.partner", id: 7, field: name }).is_err(), "{name:?}");
        }
        assert!(path(File::Report { name: "account.report_invoice", ids: &[] }).is_err());
    }
}
