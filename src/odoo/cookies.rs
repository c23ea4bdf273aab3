//! The cookie of a web session between two runs: one file a user of a database, for this system user alone. It is
//! a secret like a key, and goes only to the server it came from. A file that is not ours, or speaks of another
//! server, is not used. It sends nothing.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cache::Owner;
use crate::fsio;
use crate::protocol::session::is_cookie;
use crate::secret::Secret;

const LARGEST: u64 = 64 * 1024;
const FORM: u64 = 1;

/// The directory.
#[derive(Clone, Debug)]
pub struct Cookies {
    root: PathBuf,
}

impl Cookies {
    /// Below the state directory; nothing is created yet.
    pub fn new(state: &Path) -> Cookies {
        Cookies { root: state.join("sessions") }
    }

    fn file(&self, owner: &Owner) -> PathBuf {
        self.root.join(format!("{}.json", owner.file_name()))
    }

    /// The cookie that is kept; whatever is wrong with the file, there is none.
    pub fn get(&self, owner: &Owner) -> Option<Secret> {
        let bytes = Zeroizing::new(fsio::read_private(&self.file(owner), LARGEST).ok()?);
        let value: Value = serde_json::from_slice(&bytes).ok()?;
        let text = |key: &str| value[key].as_str();
        let is_ours = value["form"] == FORM
            && text("base_url") == Some(&owner.base_url)
            && text("database") == Some(&owner.database)
            && text("user") == Some(&owner.user);
        let cookie = text("cookie").filter(|cookie| is_ours && is_cookie(cookie))?;
        Some(Secret::new(cookie.into()))
    }

    /// Keeps a cookie in the place of the one before.
    ///
    /// # Errors
    /// Whatever the disk says; then the next run signs in anew.
    pub fn put(&self, owner: &Owner, cookie: &Secret) -> io::Result<()> {
        fsio::ensure_private_dir(&self.root)?;
        let text = Zeroizing::new(
            json!({
                "form": FORM, "base_url": owner.base_url, "database": owner.database, "user": owner.user,
                "cookie": cookie.expose(),
            })
            .to_string(),
        );
        fsio::write_atomically(&self.file(owner), &[text.as_bytes()], true)
    }

    /// Lets go of it.
    ///
    /// # Errors
    /// Whatever the disk says; that there is none is no error.
    pub fn remove(&self, owner: &Owner) -> io::Result<()> {
        match std::fs::remove_file(self.file(owner)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    fn owner(base_url: &str, user: &str) -> Owner {
        Owner { base_url: base_url.into(), database: "d".into(), user: user.into() }
    }

    #[test]
    fn a_cookie_is_found_by_its_own_server_and_user_alone() {
        let directory = tempfile::tempdir().unwrap();
        let cookies = Cookies::new(directory.path());
        let (mine, cookie) = (owner("http://a", "u"), Secret::new(ID.into()));
        cookies.put(&mine, &cookie).unwrap();
        assert_eq!(cookies.get(&mine), Some(cookie));
        for other in [owner("http://b", "u"), owner("http://a", "v")] {
            assert_eq!(cookies.get(&other), None);
            // Not even where somebody copied the file.
            std::fs::copy(cookies.file(&mine), cookies.file(&other)).unwrap();
            assert_eq!(cookies.get(&other), None);
        }
        cookies.remove(&mine).unwrap();
        cookies.remove(&mine).unwrap();
        assert_eq!(cookies.get(&mine), None);
    }

    #[test]
    fn it_lies_there_for_one_user_and_is_not_taken_from_where_others_could_put_one() {
        let directory = tempfile::tempdir().unwrap();
        let cookies = Cookies::new(directory.path());
        let mine = owner("http://a", "u");
        cookies.put(&mine, &Secret::new(ID.into())).unwrap();
        let file = cookies.file(&mine);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(&cookies.root)), (0o600, 0o700));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(cookies.get(&mine), None);
        std::fs::remove_file(&file).unwrap();
        let elsewhere = directory.path().join("elsewhere");
        let text = json!({ "form": 1, "base_url": "http://a", "database": "d", "user": "u", "cookie": ID });
        fsio::write_atomically(&elsewhere, &[text.to_string().as_bytes()], false).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
        assert_eq!(cookies.get(&mine), None);
    }
}
