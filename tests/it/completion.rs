//! Completion in the shells themselves, each with its own way to be asked, and what may not happen on TAB: a
//! request, a key read, a word that a shell would act on.
#![allow(clippy::print_stderr, reason = "what cannot be tried on this machine is said")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::run::{BINARY, files_below};
use crate::support::{Answer, Home, KEY, Server, json2, lab};
use serde_json::json;

/// What a shell offers for a line that ends where the cursor is.
type Ask = fn(&Home, &str) -> Vec<String>;

const SHELLS: [(&str, Ask); 3] = [("bash", bash), ("zsh", zsh), ("fish", fish)];

fn is_here(shell: &str) -> bool {
    let here = Command::new(shell)
        .arg("-c")
        .arg("true")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if !here {
        eprintln!("NOT TESTED: there is no {shell} on this machine, so completion in it is not tried");
    }
    here
}

/// A shell with the program on its PATH and nothing of the person who runs the tests.
fn shell(home: &Home, program: &str) -> Command {
    let bin = home.beside("bin");
    fs::create_dir_all(&bin).unwrap();
    let link = bin.join("odoo-agent");
    if !link.exists() {
        std::os::unix::fs::symlink(BINARY, &link).unwrap();
    }
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()))
        .env("HOME", home.beside(""))
        .env("TERM", "dumb")
        .env("ODOO_AGENT_HOME", home.path())
        .current_dir(home.beside(""));
    command
}

fn script(home: &Home, shell: &str) -> String {
    home.file(&format!("completion.{shell}"), home.run(["completions", shell]).ok().stdout)
}

fn lines(command: &mut Command) -> Vec<String> {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "a shell complains");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_string).collect()
}

/// Readline's part: the line taken apart at blanks and at `=` and `:`, outside of quotes.
fn bash(home: &Home, line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for character in line.chars() {
        let word = words.last_mut().unwrap();
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, ' ') => {
                words.push(String::new());
                continue;
            }
            (None, '=' | ':') => {
                words.push(character.to_string());
                words.push(String::new());
                continue;
            }
            (None, _) => {}
        }
        word.push(character);
    }
    let last = words.len() - 1;
    // Nothing after a break is no word of its own.
    let words: Vec<String> = words
        .into_iter()
        .enumerate()
        .filter(|(at, word)| *at == last || !word.is_empty())
        .map(|(_, word)| word)
        .collect();
    let mut command = shell(home, "bash");
    command.args([
        "--norc",
        "-c",
        r#"
        compopt() { :; }
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _odoo_agent
        printf '%s\n' "${COMPREPLY[@]}"
    "#,
        "bash",
    ]);
    command.arg(script(home, "bash")).args(words);
    lines(&mut command).into_iter().filter(|word| !word.is_empty()).collect()
}

/// Runs zsh with a line editor, in a terminal of its own (zpty); `setup` is read by it, then `keys` are typed, and
/// it is over when the file TOLD.done is there. What the file TOLD holds is returned.
fn zsh_typing(home: &Home, setup: &str, keys: &str) -> String {
    let driver = r#"
        zmodload zsh/zpty
        zpty z zsh -f -i
        zpty -w z "source $1; print -r ready > $2.ready"
        for i in {1..1000}; do [[ -e $2.ready ]] && break; sleep 0.01; done
        zpty -w -n z "$3"
        for i in {1..1000}; do [[ -e $2.done ]] && break; sleep 0.01; done
        [[ -e $2.done ]] || { print -u2 "zsh was not asked"; exit 1; }
        zpty -d z
    "#;
    let told = home.beside("zsh-told");
    for left in ["", ".ready", ".done"] {
        let _ = fs::remove_file(format!("{}{left}", told.display()));
    }
    let start = format!(
        "zmodload zsh/complete; compdef () {{ : }}; source '{}'; TOLD='{}'\n{setup}",
        script(home, "zsh"),
        told.display()
    );
    let mut command = shell(home, "zsh");
    command.args(["-f", "-c", driver, "zsh", &home.file("setup.zsh", start)]).arg(&told).arg(keys);
    lines(&mut command);
    fs::read_to_string(told).unwrap_or_default()
}

/// What `compadd` is given.
fn zsh(home: &Home, line: &str) -> Vec<String> {
    let setup = r#"
        compadd () { print -rl -- "${@[${@[(i)--]}+1,-1]}" > $TOLD }
        here () {
            words=(${(z)LBUFFER}); [[ $LBUFFER == *' ' ]] && words+=('')
            CURRENT=$#words
            _odoo-agent
            print > $TOLD.done
        }
        zle -C complete-here complete-word here
        bindkey '^I' complete-here
    "#;
    let told = zsh_typing(home, setup, &format!("{line}\t"));
    told.lines().filter(|line| !line.is_empty()).map(str::to_string).collect()
}

fn fish(home: &Home, line: &str) -> Vec<String> {
    let mut command = shell(home, "fish");
    command
        .args(["--no-config", "-c", "source $argv[1]; complete -C $argv[2]"])
        .arg(script(home, "fish"))
        .arg(line);
    lines(&mut command).into_iter().map(|line| line.split('\t').next().unwrap().to_string()).collect()
}

/// A home whose cache knows a model, its fields, and a few models of the index.
fn knowing() -> (Home, Server) {
    let (home, server) = lab();
    home.profile_text("erp", "not read on TAB", 0o600);
    server.on(
        &json2("x.thing", "fields_get"),
        Answer::json(json!({
            "name": { "type": "char", "string": "Name" }, "next_date": { "type": "date", "string": "Next" },
            "email": { "type": "char", "string": "Email" },
        })),
    );
    server.on(
        "/doc-bearer/index.json",
        Answer::json(json!({ "modules": [], "models": [
        { "model": "x.thing", "name": "Thing", "fields": {}, "methods": [] },
        { "model": "x.thimble", "name": "Thimble", "fields": { "model": {} }, "methods": ["model"] },
    ] })),
    );
    home.run(["--profile", "lab", "schema-summary", "x.thing"]).ok();
    home.run(["--profile", "lab", "doc-index", "--names"]).ok();
    server.forget();
    (home, server)
}

#[test]
fn the_shells_offer_what_can_stand_there() {
    let (home, server) = knowing();
    let mut tried = 0;
    for (name, ask) in SHELLS {
        if !is_here(name) {
            continue;
        }
        for (line, offered) in [
            ("odoo-agent sea", &["search-read"][..]),
            ("odoo-agent search-read x.th", &["x.thimble", "x.thing"]),
            ("odoo-agent search-read x.thing --ord", &["--order"]),
            ("odoo-agent search-read x.thing --fields na", &["name"]),
            ("odoo-agent search-read x.thing --fields name,ne", &["name,next_date"]),
            ("odoo-agent search-read x.thing --order n", &["name", "next_date"]),
            ("odoo-agent schema-summary x.thing --field em", &["email"]),
            ("odoo-agent write x.thing --force-field em", &["email"]),
            ("odoo-agent --profile ", &["erp", "lab", "sandbox"]),
            ("odoo-agent --profile lab search-read x.thi", &["x.thimble", "x.thing"]),
            ("odoo-agent lookup emp", &["employee"]),
            ("odoo-agent lookup x.thing", &["x.thing"]),
            ("odoo-agent --output p", &["pretty"]),
            ("odoo-agent cache ", &["path", "list", "clear"]),
            ("odoo-agent help ex", &["exec-spec", "exit-codes"]),
            ("odoo-agent describe sear", &["search-read"]),
            ("odoo-agent completions po", &["powershell"]),
            ("odoo_local.sh search-read x.thi", &["x.thimble", "x.thing"]),
            ("odoo-agent --prof", &["--profile"]),
            ("odoo_local.sh --prof", &[]),
            ("odoo-agent frobnicate --fo", &[]),
        ] {
            assert_eq!(ask(&home, line), offered, "{name}: {line}");
            tried += 1;
        }
    }
    assert!(tried > 0 || !is_here("bash"));
    assert_eq!(server.requests().len(), 0, "nothing is asked on TAB");
}

#[test]
fn the_value_of_a_flag_before_the_command_is_no_command() {
    let (home, server) = knowing();
    let globals = [
        &["--profile", "sandbox"][..],
        &["--profile=sandbox"],
        &["--profile", "cache"],
        &["--env-file", "sandbox"],
        &["--output", "table"],
        &["--pluck", "read"],
        &["--context-json", "sandbox"],
        &["--context-file", "cache"],
        &["--agent-channel", "sandbox"],
        &["--timeout", "write"],
        &["--agent-channel", "call", "--quiet", "--profile", "sandbox"],
    ];
    for flags in globals {
        for (rest, offered) in [
            (&["sea"][..], "space\nsearch-read\n"),
            (&["search-read", "x.th"], "space\nx.thimble\nx.thing\n"),
            (&["search-read", "x.thing", "--fields", "na"], "nospace\nname\n"),
            (&["search-read", "x.thing", "--order", "n"], "nospace\nname\nnext_date\n"),
            (&["search-read", "--profile", "e"], "space\nerp\n"),
            (&["cache", "cl"], "space\nclear\n"),
        ] {
            let line = [&["odoo-agent"], flags, rest].concat();
            assert_eq!(told(&home, "bash", &line), offered, "{line:?}");
        }
        let line = [&["odoo-agent"], flags, &[""][..]].concat();
        let commands = told(&home, "bash", &line);
        assert!(
            commands.contains("\nsearch-read\n") && !commands.contains("\nserve\n"),
            "{line:?}: {commands}"
        );
        // Between the command and its own.
        let line = [&["odoo-agent", "cache"], flags, &["cl"][..]].concat();
        assert_eq!(told(&home, "bash", &line), "space\nclear\n", "{line:?}");
    }
    // The value itself, while it is typed.
    assert_eq!(told(&home, "bash", &["odoo-agent", "--profile", "sandbox"]), "space\nsandbox\n");
    assert!(server.requests().is_empty());
}

#[test]
fn zsh_types_what_it_was_given() {
    if !is_here("zsh") {
        return;
    }
    let (home, _server) = knowing();
    let setup = r#"
        zle -C complete-here complete-word _odoo-agent
        bindkey '^I' complete-here
        show () { print -r -- "$BUFFER" > $TOLD; print > $TOLD.done }
        zle -N show
        bindkey '^X' show
    "#;
    for (keys, line) in [
        ("odoo-agent sea\t\u{18}", "odoo-agent search-read \n"),
        (
            "odoo-agent search-read x.thing --fields name,ne\t\u{18}",
            "odoo-agent search-read x.thing --fields name,next_date\n",
        ),
        ("odoo-agent lookup emp\tAnita\u{18}", "odoo-agent lookup employee Anita\n"),
    ] {
        assert_eq!(zsh_typing(&home, setup, keys), line, "{keys:?}");
    }
}

#[test]
fn what_bash_takes_apart_is_put_together_again() {
    if !is_here("bash") {
        return;
    }
    let (home, _server) = knowing();
    for (line, offered) in [
        ("odoo-agent search-read x.thing --fields=na", &["name"][..]),
        ("odoo-agent search-read x.thing --fields=name,em", &["name,email"]),
        ("odoo-agent search-read x.thing --fields=", &["display_name", "email", "id", "name", "next_date"]),
        ("odoo-agent --output=t", &["table"]),
        ("odoo-agent search-read x.thing --order 'name de", &["name desc"]),
        ("odoo-agent search-read x.thing --order 'name desc, ne", &["name desc, next_date"]),
        ("odoo-agent search-read x.thing --domain '[[\"a\", \"=\", 1]]' --fields em", &["email"]),
    ] {
        assert_eq!(bash(&home, line), offered, "{line}");
    }
}

#[test]
fn names_of_files_are_left_to_the_shell() {
    let (home, _server) = knowing();
    for line in [
        &["create", "x.thing", "--vals-file", ""][..],
        &["search-read", "x.thing", "--domain-file", "a"],
        &["--env-file", ""],
        &["exec-spec", ""],
        &["man", ""],
    ] {
        let index = line.len().to_string();
        let outcome = home.agent(["__complete", "bash", &index, "--", "odoo-agent"]).args(line).run().ok();
        assert_eq!(outcome.stdout, "files\n", "{line:?}");
    }
    home.file("values.json", "{}");
    if is_here("fish") {
        assert_eq!(fish(&home, "odoo-agent create x.thing --vals-file val"), ["values.json"]);
    }
}

/// What a shell is told for a line of words, the last of which is being typed.
fn told(home: &Home, shell: &str, words: &[&str]) -> String {
    let index = (words.len() - 1).to_string();
    let outcome = home.agent(["__complete", shell, &index, "--"]).args(words).run().ok();
    assert_eq!(outcome.stderr, "", "{words:?}");
    outcome.stdout
}

#[test]
fn names_from_a_server_that_a_shell_could_act_on_are_not_offered() {
    let (home, server) = lab();
    let hostile =
        ["$(id)", "`id`", "a b", "a;b", "na\tme", "na\nme", "-rf", "naïve", "../x", "", "\u{1b}[2J", "a'b"];
    let mut fields: serde_json::Map<String, serde_json::Value> = hostile
        .iter()
        .map(|name| (name.to_string(), json!({ "type": "char", "string": "$(id)\t`id`" })))
        .collect();
    fields.insert("plain_name".into(), json!({ "type": "char", "string": "Plain" }));
    server.on(&json2("x.thing", "fields_get"), Answer::json(json!(fields)));
    let models: Vec<_> =
        hostile.iter().chain(&["x.plain"]).map(|name| json!({ "model": name, "name": name })).collect();
    server.on("/doc-bearer/index.json", Answer::json(json!({ "models": models })));
    home.run(["schema-summary", "x.thing"]).ok();
    home.run(["doc-index", "--names"]).ok();
    // A name on the disk is as strange as one from the server.
    let schemas = files_below(&home.cache())
        .into_iter()
        .find(|path| path.components().any(|part| part.as_os_str() == "schema"));
    let directory = schemas.unwrap().parent().unwrap().parent().unwrap().to_path_buf();
    fs::create_dir(directory.join("$(touch pwned)")).unwrap();
    fs::write(home.config().join("odoo_$(id).env"), "").unwrap();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let fields = told(&home, shell, &["odoo-agent", "read", "x.thing", "--fields", ""]);
        assert_eq!(fields, "nospace\ndisplay_name\nid\nplain_name\n", "{shell}");
        let models = told(&home, shell, &["odoo-agent", "read", "x."]);
        assert_eq!(models, "space\nx.plain\nx.thing\n", "{shell}");
        let all = told(&home, shell, &["odoo-agent", "read", ""]);
        assert!(
            all.lines().all(|line| line.chars().all(|c| c.is_ascii_alphanumeric() || "._".contains(c))),
            "{all}"
        );
        let profiles = told(&home, shell, &["odoo-agent", "--profile", ""]);
        assert_eq!(profiles, "space\nlab\nsandbox\n", "{shell}");
    }
}

#[test]
fn nothing_that_is_typed_makes_it_loud() {
    let (home, server) = knowing();
    let long = "x".repeat(100_000);
    for words in [
        &["odoo-agent"][..],
        &["odoo-agent", "--"],
        &["odoo-agent", "--", "--"],
        &["odoo-agent", "search-read", "'"],
        &["odoo-agent", "search-read", "\"$(id)"],
        &["odoo-agent", "=", ":", "="],
        &["odoo-agent", "search-read", "--fields", "=", "=", "a"],
        &["odoo-agent", "--profile", "nobody", "search-read", "x."],
        &["odoo-agent", "--env-file", "/nowhere", "search-read", "x."],
        &["odoo-agent", "search-read", "a/../b", "--fields", "n"],
        &["odoo-agent", "search-read", "x.thing", "--fields", "п,😀"],
        &["odoo-agent", &long],
        &["odoo-agent", "approve", "x.thing", "y", "--ids", "1", "2", "3", ""],
    ] {
        for shell in ["bash", "zsh", "fish", "powershell"] {
            told(&home, shell, words);
        }
    }
    for index in ["0", "1", "7", "18446744073709551615"] {
        home.run(["__complete", "bash", index, "--", "odoo-agent", "read"]).ok();
        home.run(["__complete", "zsh", index]).ok();
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_damaged_cache_a_broken_profile_and_no_home_offer_less_and_say_nothing() {
    let (home, _server) = knowing();
    home.profile_text("loose", &format!("ODOO_API_KEY={KEY}"), 0o666);
    for (at, path) in files_below(&home.cache()).into_iter().enumerate() {
        let whole = fs::read(&path).unwrap();
        fs::write(&path, if at % 2 == 0 { &whole[..whole.len() / 2] } else { b"\xff\n{" }).unwrap();
    }
    let fields = told(&home, "bash", &["odoo-agent", "read", "x.thing", "--fields", ""]);
    assert_eq!(fields, "nospace\ndisplay_name\nid\n");
    assert!(told(&home, "bash", &["odoo-agent", "--profile", "l"]).contains("loose"));
    fs::remove_dir_all(home.path()).unwrap();
    let models = told(&home, "bash", &["odoo-agent", "read", "res."]);
    assert_eq!(models, "space\nres.partner\n");
    assert!(!home.path().exists(), "nothing is made on TAB");
}

#[test]
fn a_variable_in_the_environment_completes_nothing_and_stops_nothing() {
    let home = Home::new();
    for value in ["bash", "zsh", "fish", "garbage", "1", "$(id)"] {
        let outcome = home
            .agent([
                "--profile",
                "sandbox",
                "call",
                "res.partner",
                "search_count",
                "--data-json",
                r#"{"domain": []}"#,
            ])
            .env("COMPLETE", value)
            .env("_CLAP_COMPLETE_INDEX", "1")
            .env("_ARGCOMPLETE", "1")
            .run()
            .ok();
        assert!(outcome.json().is_u64(), "COMPLETE={value}: {}", outcome.stdout);
    }
}

#[test]
fn the_scripts_run_the_program_by_its_name_alone() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = home.run(["completions", shell]).ok().stdout;
        for word in [
            "eval",
            "Invoke-Expression",
            "iex",
            BINARY,
            Path::new(BINARY).parent().unwrap().to_str().unwrap(),
        ] {
            assert!(!script.contains(word), "{shell}: {word}");
        }
        if shell != "powershell" && is_here(shell) {
            let path = home.file("script", &script);
            let status = Command::new(shell).args(["-n", &path]).status().unwrap();
            assert!(status.success(), "{shell} reads its script");
        }
    }
    home.run(["completions", "tcsh"]).fails(2, "usage");
    home.run(["completions"]).fails(2, "usage");
}
