//! How a secret may be written, and what only looks like one.

use base64::engine::general_purpose::STANDARD;

use super::*;

const KEY: &str = "5e1f00c0ffee5e1f00c0ffee5e1f00c0ffee1234";

fn clean(text: &str, secret: &str) -> String {
    let sought = Sought::new(Secret::new(secret.into()));
    sought.without(text.as_bytes()).map_or_else(|| text.into(), |clean| String::from_utf8(clean).unwrap())
}

#[test]
fn a_key_is_found_however_it_is_written() {
    let unicode: String = KEY.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let upper: String = KEY.chars().map(|c| format!("\\u{:04X}", u32::from(c))).collect();
    let twice: String = KEY.chars().map(|c| format!("\\\\u{:04x}", u32::from(c))).collect();
    let mixed: String = KEY
        .chars()
        .enumerate()
        .map(|(n, c)| if n % 3 == 0 { format!("\\u{:04x}", u32::from(c)) } else { c.into() })
        .collect();
    let html: String = KEY.chars().map(|c| format!("&#{};", u32::from(c))).collect();
    let hex: String = KEY.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect();
    let url: String = KEY.chars().map(|c| format!("%{:02X}", u32::from(c))).collect();
    let of = |one: &dyn Fn(u32) -> String| KEY.chars().map(|c| one(u32::from(c))).collect::<String>();
    let of_languages = [
        of(&|c| format!("\\x{c:02x}")),
        of(&|c| format!("\\\\x{c:02X}")),
        of(&|c| format!("\\{c:03o}")),
        of(&|c| format!("\\U{c:08x}")),
        of(&|c| format!("\\u{{{c:x}}}")),
        of(&|c| format!("={c:02X}")),
        of(&|c| format!("%25{c:02X}")),
        of(&|c| format!("{c:02x}")),
        of(&|c| format!("{c:02X}")),
    ];
    for written in
        [KEY.to_string(), unicode, upper, twice, mixed, html, hex, url].into_iter().chain(of_languages)
    {
        assert_eq!(clean(&format!("a {written} b"), KEY), "a (redacted) b", "{written}");
        assert_eq!(clean(&format!("{written}{written}"), KEY), "(redacted)(redacted)");
    }
    // Basic and its like: whatever stands before, what is left tells nothing of the key.
    for before in ["", "a", "ab", "user:"] {
        let shown = clean(&STANDARD.encode(format!("{before}{KEY}!")), KEY);
        assert!(shown.contains("(redacted)") && shown.len() < 30, "{shown}");
    }
}

#[test]
fn each_character_may_be_written_by_a_way_of_its_own() {
    let ways: [fn(char) -> String; 5] = [
        |c| c.into(),
        |c| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        |c| c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect(),
        |c| c.to_string().bytes().map(|byte| format!("={byte:02X}")).collect(),
        |c| format!("&#{};", u32::from(c)),
    ];
    for secret in [KEY, "gehei\u{df}\u{1f600}-schl\u{fc}ssel", "\u{e9}t\u{e9}-of-2026", "%percent=and&more"] {
        for first in 0..ways.len() {
            for step in 0..ways.len() {
                let by_turns =
                    secret.chars().enumerate().map(|(n, c)| ways[(first + n * step) % ways.len()](c));
                let written: String = by_turns.collect();
                assert_eq!(clean(&format!("a {written} b"), secret), "a (redacted) b", "{written}");
            }
        }
    }
}

#[test]
fn a_password_is_found_as_languages_quote_it() {
    let json = |text: &str| serde_json::Value::from(text).to_string();
    for secret in [
        "C:\\users\\tom-secret99",
        "ab\\Unicorn-secret99",
        "ab\\x41bcdefgh",
        "\\\\server\\share99",
        "d&e's 100%=sure",
        "a%25bcdefghijkl",
    ] {
        let python = format!("'{}'", secret.replace('\\', "\\\\").replace('\'', "\\'"));
        let html = secret.replace('&', "&amp;").replace('\'', "&#39;");
        let url: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let quoted = secret.replace('%', "%25").replace('&', "%26").replace('=', "%3D");
        for written in
            [secret.to_string(), json(secret), json(&json(secret)), json(&python), python, html, url, quoted]
        {
            let shown = clean(&format!("a {written} b"), secret);
            assert!(shown.contains("(redacted)") && shown.len() < 24, "{written}: {shown}");
        }
    }
}

#[test]
fn a_run_of_marks_is_gone_through_once() {
    // Each followed to the end of its run is 20,000 million steps, and no longer a test.
    for mark in ["\\", "%25", "=", "&#", "=3D"] {
        let run = mark.repeat(200_000);
        assert!(clean(&run, "%25=&and\\more") == run, "{mark}");
    }
    let nested =
        KEY.chars().map(|c| format!("{}u{:04x}", "\\".repeat(127), u32::from(c))).collect::<String>();
    assert_eq!(clean(&nested, KEY), "(redacted)");
}

#[test]
fn quotes_and_backslashes_are_found_as_json_writes_them() {
    let key = "pa\"ss\\wo/rd and more";
    let json = serde_json::Value::from(key).to_string();
    assert_eq!(clean(&json, key), "\"(redacted)\"");
    let secret = "gehei\u{df}\u{1f600}-schl\u{fc}ssel";
    assert_eq!(clean(&serde_json::Value::from(secret).to_string(), secret), "\"(redacted)\"");
    let escaped: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    assert_eq!(clean(&escaped, secret), "(redacted)");
    let by_bytes: String = secret.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
    assert_eq!(clean(&by_bytes, secret), "(redacted)");
}

#[test]
fn a_short_key_is_blacked_out_where_it_stands_alone() {
    assert_eq!(
        clean("key sh0rt, \"sh0rt\" and sh0rter", "sh0rt"),
        "key (redacted), \"(redacted)\" and sh0rter"
    );
    for (written, shown) in [
        ("basic c2gwcnQ=", "basic (redacted)="),
        ("73683072 74", "73683072 74"),
        ("7368307274", "7368307274"),
        ("x 7368307a", "x 7368307a"),
        ("c2gwcnQx", "c2gwcnQx"),
    ] {
        assert_eq!(clean(written, "sh0rt"), shown, "a number, a part, and what holds more stay");
    }
    assert_eq!(clean("\"73686f7274\"", "short"), "\"(redacted)\"");
    assert_eq!(clean("[1234, 12.34]", "1234"), "[1234, 12.34]");
    assert_eq!(clean("abc", "abc"), "abc");
    assert_eq!(clean("xtwelve-chars!x", "twelve-chars!"), "x(redacted)x");
}

#[test]
fn other_texts_stay_as_they_are() {
    let sought = Sought::new(Secret::new(KEY.into()));
    for text in [
        "",
        "\\",
        "\\u",
        "\\u005",
        "\\u{",
        "\\x",
        "\\0",
        "\\U0",
        "%",
        "%5",
        "%25",
        "%2525",
        "=",
        "=3",
        "&",
        "&#;",
        "5e1f00c0ffee",
        "{\"a\": \"\\u0035\\u0065\"}",
    ] {
        assert_eq!(sought.without(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn a_secret_that_is_cut_off_is_none_wherever_the_cut_is() {
    // Each of its characters takes several bytes, so that a cut can stand within one.
    let secret = "\u{fc}\u{df}\u{1f600}-schl\u{fc}ssel";
    let sought = Sought::new(Secret::new(secret.into()));
    let coded = |mark: &str| secret.bytes().map(|byte| format!("{mark}{byte:02x}")).collect::<String>();
    for whole in [coded("%"), coded("%25"), coded("="), coded("\\x")] {
        assert_eq!(sought.without(whole.as_bytes()).unwrap(), b"(redacted)", "{whole}");
        for cut in 0..whole.len() {
            assert_eq!(sought.without(&whole.as_bytes()[..cut]), None, "{} of {whole}", cut);
        }
    }
}
