//! Where `man` writes: into a directory of the caller's own, its pages and nothing else, and never through a link.
#![allow(clippy::print_stderr, reason = "what cannot be tried on this machine is said")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Home, Outcome};

fn directory(home: &Home, name: &str, mode: u32) -> PathBuf {
    let path = home.beside(name);
    fs::create_dir(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

fn write_into(home: &Home, path: &Path) -> Outcome {
    home.agent(["man"]).arg(path).run()
}

fn count(path: &Path) -> usize {
    fs::read_dir(path).unwrap().count()
}

#[test]
fn every_command_has_a_page_that_anybody_may_read() {
    let home = Home::new();
    let path = directory(&home, "man1", 0o755);
    let written = write_into(&home, &path).ok().json()["written"].as_array().unwrap().len();
    assert_eq!(count(&path), written);
    let help = home.run(["--help"]).ok().stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert_eq!(written, commands.len() + 1);
    for name in commands {
        let page = path.join(format!("odoo-agent-{name}.1"));
        assert!(fs::read_to_string(&page).unwrap().contains(".SH EXAMPLES"), "{name}");
        assert_eq!(fs::metadata(&page).unwrap().permissions().mode() & 0o777, 0o644);
    }
    // Once more: replaced, and no other file left behind.
    write_into(&home, &path).ok();
    assert_eq!(count(&path), written);
}

#[test]
fn every_name_of_a_flag_is_on_its_pages() {
    let home = Home::new();
    let path = directory(&home, "man1", 0o755);
    write_into(&home, &path).ok();
    let described = home.run(["describe"]).ok().json();
    let mut found = 0;
    for command in described["commands"].as_array().unwrap() {
        let name = command["name"].as_str().unwrap();
        for flag in command["flags"].as_array().into_iter().flatten() {
            for alias in flag["aliases"].as_array().into_iter().flatten() {
                let also = format!("[also: {}", alias.as_str().unwrap().replace('-', "\\-"));
                for page in [format!("odoo-agent-{name}.1"), "odoo-agent.1".into()] {
                    let text = fs::read_to_string(path.join(&page)).unwrap();
                    assert!(text.contains(&also), "{page}: {also}");
                }
                found += 1;
            }
        }
    }
    assert!(found > 0, "the flags have another name in describe: {described}");
}

#[test]
fn a_page_replaces_an_older_page_and_nothing_that_is_no_file() {
    let home = Home::new();
    let path = directory(&home, "man1", 0o755);
    let page = path.join("odoo-agent-read.1");
    fs::write(&page, "older").unwrap();
    write_into(&home, &path).ok();
    assert_ne!(fs::read_to_string(&page).unwrap(), "older");

    let path = directory(&home, "with-a-link", 0o755);
    let target = home.file("precious", "kept");
    symlink(&target, path.join("odoo-agent-read.1")).unwrap();
    write_into(&home, &path).fails(2, "usage").says(&["odoo-agent-read.1", "nothing was written"]);
    assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
    assert_eq!(count(&path), 1, "and no page before the one that could not be");

    let path = directory(&home, "with-a-directory", 0o755);
    fs::create_dir(path.join("odoo-agent.1")).unwrap();
    write_into(&home, &path).fails(2, "usage");
    assert_eq!(count(&path), 1);
}

#[test]
fn a_directory_that_is_not_the_callers_alone_is_refused() {
    let home = Home::new();
    let own = directory(&home, "own", 0o755);
    let link = home.beside("link");
    symlink(&own, &link).unwrap();
    let shared = directory(&home, "shared", 0o1777);
    let file = home.file("file", "");
    // With a slash behind it the system itself follows a link; and one further up leads astray as well.
    let under = |path: &Path, name: &str| PathBuf::from(format!("{}/{name}", path.display()));
    fs::create_dir(own.join("below")).unwrap();
    let below = directory(&home, "open", 0o777).join("below");
    fs::create_dir(&below).unwrap();
    for (path, why) in [
        (link.as_path(), "a link"),
        (&under(&link, ""), "a link"),
        (&under(&link, "."), "a link"),
        (&under(&link, "below"), "a link"),
        (&under(&own, "below/.."), "name it as"),
        (&below, "others can change"),
        (shared.as_path(), "others can write"),
        (Path::new(&file), "not a directory"),
        (&home.beside("absent"), "No such file"),
    ] {
        write_into(&home, path).fails(2, "usage").says(&[why, "nothing was written"]);
    }
    assert_eq!((count(&own), count(&own.join("below")), count(&below), count(&shared)), (1, 0, 0, 0));
    if rustix::process::geteuid().is_root() {
        let strange = directory(&home, "strange", 0o755);
        std::os::unix::fs::chown(&strange, Some(12_345), None).unwrap();
        write_into(&home, &strange).fails(2, "usage").says(&["another user"]);
        assert_eq!(count(&strange), 0);
    }
}

#[test]
fn the_pages_are_roff_that_man_understands() {
    let home = Home::new();
    let page = home.file("page.1", home.run(["man"]).ok().stdout);
    let Ok(groff) = Command::new("groff").args(["-man", "-Tutf8", "-ww", "-z", &page]).output() else {
        eprintln!("NOT TESTED: there is no groff on this machine, so the manual page is not rendered");
        return;
    };
    assert!(groff.status.success());
    assert_eq!(String::from_utf8_lossy(&groff.stderr), "", "groff warns of nothing");
}
