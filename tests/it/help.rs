//! Help as people and agents meet it: short, with examples that run, and a wrong line answered with the right one.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::Home;
use serde_json::Value;

/// A directory for pasted lines: the examples lie there, and what a line writes is gone with it.
fn workplace(home: &Home) {
    let examples = home.beside("examples");
    std::fs::create_dir_all(&examples).unwrap();
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).unwrap().flatten() {
        let text = std::fs::read(file.path()).unwrap();
        crate::support::run::write_with_mode(&examples.join(file.file_name()), &text, 0o600);
    }
    home.file("values.json", r#"{"priority": "1"}"#);
}

/// A shell line in the sandbox, as somebody would paste it.
fn pasted(home: &Home, line: &str) -> Command {
    let program = Path::new(crate::support::run::BINARY).parent().unwrap().display().to_string();
    let mut command = Command::new("setsid");
    command
        .args(["--wait", "sh", "-c", line])
        .env_clear()
        .env("PATH", format!("{program}:/usr/bin:/bin"))
        .env("ODOO_AGENT_HOME", home.path())
        .env("ODOO_PROFILE", "sandbox")
        .stdin(Stdio::null())
        .current_dir(home.beside(""));
    command
}

fn paste(home: &Home, line: &str) -> Output {
    pasted(home, line).output().unwrap()
}

/// Every command that the main help lists, nested ones with the words before them.
fn commands(home: &Home) -> Vec<Vec<String>> {
    let described = home.run(["describe"]).ok().json();
    let mut found = Vec::new();
    for command in described["commands"].as_array().unwrap() {
        let name = command["name"].as_str().unwrap().to_string();
        for nested in command["commands"].as_array().into_iter().flatten() {
            found.push(vec![name.clone(), nested["name"].as_str().unwrap().to_string()]);
        }
        found.push(vec![name]);
    }
    found.push(vec!["help".into()]);
    found
}

fn topics(home: &Home) -> Vec<String> {
    let described = home.run(["describe"]).ok().json();
    described["topics"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_string()).collect()
}

fn examples(text: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| *line != "Examples:").skip(1);
    lines.map(|line| line.trim().to_string()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn each_help_fits_a_screen_starts_with_the_purpose_and_ends_with_two_examples() {
    let home = Home::new();
    let commands = commands(&home);
    assert!(commands.len() > 20, "{commands:?}");
    for words in commands {
        let shown = home.agent(&words).arg("--help").run_here().ok();
        let asked = home.agent(["help"]).args(&words).run_here().ok();
        assert_eq!(shown.stdout, asked.stdout, "help {words:?} says the same");
        let lines: Vec<&str> = shown.stdout.trim_end().lines().collect();
        assert!(lines.len() <= 40, "{words:?} takes {} lines", lines.len());
        assert!(lines.iter().all(|line| line.chars().count() <= 100), "{words:?}");
        assert!(!lines[0].is_empty() && !lines[0].starts_with("Usage"), "{words:?}: {}", lines[0]);
        assert!(lines[2].starts_with("Usage: odoo-agent "), "{words:?}: {}", lines[2]);
        if words.len() == 1 {
            assert_eq!(examples(&shown.stdout).len(), 2, "{words:?}");
        }
        // Short and long help are one.
        assert_eq!(home.agent(&words).arg("-h").run_here().ok().stdout, shown.stdout, "{words:?}");
    }
}

#[test]
fn every_example_in_the_help_runs() {
    let home = Home::new();
    workplace(&home);
    let mut lines = examples(&home.run(["--help"]).ok().stdout);
    for words in commands(&home).iter().filter(|words| words.len() == 1) {
        lines.extend(examples(&home.agent(words).arg("--help").run_here().ok().stdout));
    }
    for topic in topics(&home) {
        let text = home.run(["help", &topic]).ok().stdout;
        assert_eq!(examples(&text).len(), 2, "{topic}");
        lines.extend(examples(&text));
    }
    assert!(lines.len() > 40, "{}", lines.len());
    for line in lines {
        if line.contains(" sandbox serve") {
            serves(&home, &line);
            continue;
        }
        let output = paste(&home, &line);
        let told = String::from_utf8_lossy(&output.stderr);
        if line.contains(" approve ") {
            // Understood, and stopped for want of a terminal to ask on.
            assert!(told.contains("terminal") && output.status.code() == Some(2), "{line}\n{told}");
            continue;
        }
        if line.contains(" approvals ") && !line.contains(" list") {
            // Understood, and answered by the guard: the number is only an example.
            assert!(told.contains("You have no such request"), "{line}\n{told}");
            continue;
        }
        assert!(output.status.success(), "{line}\n{told}");
        assert!(!output.stdout.is_empty() || line.contains('>'), "{line}");
    }
}

fn serves(home: &Home, line: &str) {
    let line = line.replace("--port 8070", "--port 0");
    let mut child = pasted(home, &format!("exec {line}")).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    // setsid waits for the program: ending both by the id of its session.
    let served: Value = serde_json::from_str(&first).unwrap_or_default();
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    let started = std::fs::read_to_string(children).unwrap_or_default();
    for id in started.split_whitespace().chain([child.id().to_string().as_str()]) {
        let _ = Command::new("kill").arg(id).status();
    }
    let _ = child.wait();
    assert!(served.is_object(), "{line}: {first}");
}

#[test]
fn a_topic_fits_a_narrow_terminal_and_what_is_to_be_pasted_is_whole() {
    let home = Home::new();
    for topic in topics(&home) {
        let text = home.run(["help", &topic]).ok().stdout;
        let (prose, examples) = text.split_once("\nExamples:\n").unwrap();
        for line in prose.lines() {
            assert!(line.len() <= 80 && line == line.trim_end(), "{topic}: {line:?}");
        }
        assert!(examples.lines().all(|line| line.starts_with("  ")), "{topic}: {examples}");
    }
}

#[test]
fn the_main_help_names_the_topics_and_where_exit_codes_are_told() {
    let home = Home::new();
    let help = home.run(["--help"]).ok().stdout;
    assert!(help.contains("odoo-agent help exit-codes") && help.contains("odoo-agent describe"));
    for topic in topics(&home) {
        assert!(help.lines().any(|line| line.trim().starts_with(&format!("{topic} "))), "{topic}");
    }
    for line in [&["help"][..], &["help", "help"]] {
        home.run(line).ok();
    }
    assert_eq!(home.run(["help"]).ok().stdout, help);
}

#[test]
fn help_for_what_is_not_there_says_what_is() {
    let home = Home::new();
    for (about, hint) in [
        (&["exit-code"][..], "exit-codes"),
        (&["specs"], "spec"),
        (&["serch-read"], "search-read"),
        (&["search_read"], "search-read"),
        (&["cache", "lst"], "list"),
        (&["frobnicate"], "exit-codes"),
    ] {
        let outcome = home.agent(["help"]).args(about).run().fails(2, "usage");
        assert!(outcome.hints().contains(hint), "{about:?}: {}", outcome.stderr);
    }
}

#[test]
fn a_wrong_line_is_answered_with_the_right_one() {
    let home = Home::new();
    for (line, message, hint) in [
        ("searchread res.partner", "searchread", "odoo-agent search-read"),
        ("search_read res.partner", "search_read", "odoo-agent search-read"),
        ("SearchRead res.partner", "SearchRead", "odoo-agent search-read"),
        ("search res.partner", "search", "odoo-agent search-read"),
        ("unlink res.partner", "unlink", "call res.partner unlink --ids ID"),
        ("unlink res.partner --ids 7", "unlink", "call res.partner unlink --ids 7"),
        ("unlink", "unlink", "call MODEL unlink --ids ID"),
        ("--env-file a.env unlink --ids 7", "unlink", "call MODEL unlink --ids 7"),
        ("delete --password s3.cret --ids 7", "delete", "call MODEL unlink --ids 7"),
        ("version", "version", "here that is odoo-agent --version"),
        ("group res.partner --by country_id --count", "--count", "as __count: leave --count out"),
        (
            "search-read res.partner name,email",
            "fields are named with --fields",
            "res.partner --fields name,email",
        ),
        ("update res.partner", "update", "odoo-agent write"),
        ("execute_kw res.partner", "execute_kw", "odoo-agent call"),
        ("exec_spec", "exec_spec", "odoo-agent exec-spec"),
        ("schema_summary res.partner", "schema_summary", "odoo-agent schema-summary"),
        ("res.partner", "res.partner", "odoo-agent search-read res.partner"),
        ("exit-codes", "exit-codes", "odoo-agent help exit-codes"),
        ("--profile sandbox serch res.partner", "serch", "search-read"),
        ("--profil sandbox read", "--profil", "--profile"),
        ("cache", "path, list, clear", "odoo-agent cache list"),
        ("cache lst", "lst", "odoo-agent cache list"),
        ("cache frob", "cache has no", "path, list, clear"),
        ("search-read res.partner --field name", "--field", "--fields?"),
        ("schema-summary res.partner --fields name", "--fields", "--field?"),
        ("search-read res.partner --filter []", "--filter", "--domain"),
        ("search-read res.partner --sort name", "--sort", "--order"),
        ("search-read res.partner --domian []", "--domian", "--domain"),
        ("read res.partner --id 7", "--id", "--ids"),
        ("create res.partner --data-json {}", "--data-json", "--vals-json"),
        ("create res.partner --data-file x", "--data-file", "--vals-file"),
        ("write res.partner --ids 1 --values {}", "--values", "--vals-json"),
        ("call res.partner write --ids 1 --vals-json {}", "--vals-json", "--data-json"),
        ("read res.partner --offset 3", "--offset", "a flag of search-read"),
        ("search-read --model res.partner", "--model", "odoo-agent search-read res.partner"),
        ("call res.partner --method write", "--method", "odoo-agent call res.partner"),
        ("read res.partner 10", "--ids", "odoo-agent read res.partner --ids 10"),
        ("read res.partner 10 11 --pretty", "--ids", "odoo-agent read res.partner --ids 10,11 --pretty"),
        (
            "write res.partner 10 --vals-json {}",
            "--ids",
            "odoo-agent write res.partner --ids 10 --vals-json '{}'",
        ),
        ("search-read res.partner --fields name, email", "no blank after a comma", "name,email"),
        ("search-read res.partner --fields name email phone", "--fields", "--fields name,email,phone"),
        ("group sale.order --by state user_id --sum amount_total", "--by", "--by state,user_id"),
        ("group sale.order --groupby state", "--groupby", "--by?"),
        ("lookup partner azure interior", "in quotes", "odoo-agent lookup partner 'azure interior'"),
        ("lookup user x", "user", "did you mean res.users?"),
        ("lookup contact x", "contact", "did you mean partner?"),
        ("lookup customers x", "customers", "did you mean partner?"),
        ("search-read res.partner []", "--domain", "odoo-agent search-read res.partner --domain '[]'"),
        ("create res.partner {}", "--vals-json", "odoo-agent create res.partner --vals-json '{}'"),
        ("call res.partner search {}", "--data-json", "odoo-agent call res.partner search --data-json '{}'"),
        ("search-read res.partner --limit five", "--limit takes a whole number", ""),
        ("search-read res.partner --limit -1", "--limit takes a whole number from 0", ""),
        ("lookup partner x --limit 0", "from 1", ""),
        ("read", "<MODEL>", "for example: odoo-agent read res.partner"),
        ("read res.partner --output tabel", "table", ""),
    ] {
        let outcome = home.run(line.split(' ')).fails(2, "usage").says(&[message]);
        assert!(outcome.hints().contains(hint), "{line}\n{}", outcome.stderr);
        assert_eq!(outcome.effect(), "not_sent", "{line}");
        assert!(!outcome.hints().contains("to pass"), "{line}\n{}", outcome.stderr);
    }
    assert!(home.files().is_empty(), "nothing is written for a wrong line");
}

#[test]
fn a_command_that_a_hint_suggests_is_one_that_is_there() {
    let home = Home::new();
    for other in [
        "delete",
        "get",
        "find",
        "list",
        "models",
        "fields",
        "schema",
        "rpc",
        "execute",
        "copy",
        "message_post",
        "completion",
    ] {
        let outcome = home.run([other]).fails(2, "usage");
        let hints = outcome.hints();
        let words = hints.split("odoo-agent ").nth(1).unwrap_or_else(|| panic!("{other}: {hints}"));
        home.run([words.split(' ').next().unwrap(), "--help"]).ok();
    }
}

#[test]
fn a_model_with_an_underscore_is_answered_with_the_dotted_one() {
    let home = Home::new();
    let outcome = home.run(["--profile", "sandbox", "search-read", "res_partner"]).fails(7, "not_found");
    assert!(outcome.hints().contains("res.partner"), "{}", outcome.stderr);
}

#[test]
fn a_corrected_line_works_in_the_same_profile() {
    let home = Home::new();
    for before in
        [&["--profile", "sandbox"][..], &["--profile=sandbox"], &["--quiet", "--profile", "sandbox"]]
    {
        let line = [before, &["write", "res.partner", "10", "--vals-json", "{}"]].concat();
        let hints = home.run(line).fails(2, "usage").hints();
        let same = format!("odoo-agent {} write res.partner --ids 10", before.join(" "));
        assert!(hints.contains(&same), "{hints}");
    }
}

#[test]
fn an_everyday_word_for_a_model_is_answered_with_the_model() {
    let home = Home::new();
    for (command, word, model) in [
        ("search-read", "partner", "res.partner"),
        ("schema-summary", "customer", "res.partner"),
        ("count", "tasks", "project.task"),
    ] {
        let outcome = home.run(["--profile", "sandbox", command, word]).fails(7, "not_found");
        assert!(outcome.hints().contains(&format!("did you mean {model}?")), "{}", outcome.stderr);
    }
}

#[test]
fn help_tells_the_forms_that_nobody_guesses() {
    let home = Home::new();
    let page =
        |verb: &str| home.run([verb, "--help"]).ok().stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for (verb, says) in [
        ("lookup", "me is oneself"),
        ("lookup", "references only"),
        ("create", "[[0, 0, {values}]]"),
        ("call", "body_is_html"),
        ("approve", "The id of a request that waits, a UUID"),
    ] {
        assert!(page(verb).contains(says), "{verb}: {}", page(verb));
    }
    // A text that was cut into lines twice has one of a word or two.
    let approve = home.run(["approve", "--help"]).ok().stdout;
    let prose = approve.split("An agent's refused call").nth(1).unwrap().split("\n\n").next().unwrap();
    let lines: Vec<&str> = prose.lines().collect();
    assert!(lines[..lines.len() - 1].iter().skip(1).all(|line| line.len() > 50), "{prose}");
}
