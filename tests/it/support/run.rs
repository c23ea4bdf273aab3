//! The binary under test: arguments, environment, stdin and files go in, what it printed and how it ended
//! come out.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::{DATABASE, KEY, Server};

/// The program.
pub const BINARY: &str = env!("CARGO_BIN_EXE_odoo-agent");

/// Puts a program there that is to be started, by another process: a file that is written here may be open in whatever
/// other tests start meanwhile, and nothing that is open for writing can be started.
pub fn put_program(path: &Path, text: &str) {
    let script = r#"cat > "$1" && chmod 755 "$1""#;
    let mut child =
        Command::new("sh").args(["-c", script, "sh"]).arg(path).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{}", path.display());
}

/// Where directories of tests are: in memory where there is plenty and programs may be started there, as ten thousand
/// small files on a disk take a fifth of the time of all tests. TMPDIR says otherwise.
fn room() -> PathBuf {
    use rustix::fs::{Access, StatVfsMountFlags, access, statvfs};
    const PLENTY: u64 = 2 << 30;
    let memory = Path::new("/dev/shm");
    let is_fit = statvfs(memory).is_ok_and(|room| {
        room.f_bavail * room.f_frsize >= PLENTY && !room.f_flag.contains(StatVfsMountFlags::NOEXEC)
    });
    if std::env::var_os("TMPDIR").is_none() && is_fit && access(memory, Access::WRITE_OK).is_ok() {
        return memory.into();
    }
    std::env::temp_dir()
}

/// Directories of one test: the helper's own below `home`, and room for files beside it. All gone at the end.
pub struct Home {
    directory: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Home {
        let directory = tempfile::Builder::new().prefix("odoo-agent-test-").tempdir_in(room()).unwrap();
        let home = Home { directory };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(home.config()).unwrap();
        home
    }

    /// What ODOO_AGENT_HOME is set to.
    pub fn path(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    pub fn config(&self) -> PathBuf {
        self.path().join("config")
    }

    pub fn cache(&self) -> PathBuf {
        self.path().join("cache")
    }

    /// A path outside the helper's own directories.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file outside the helper's own directories, for this user alone.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.beside(name);
        write_with_mode(&path, content.as_ref(), 0o600);
        path.to_str().unwrap().to_string()
    }

    /// Writes a profile with the usual mode.
    pub fn profile(&self, name: &str, values: &[(&str, &str)]) {
        let lines: Vec<String> = values.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        self.profile_text(name, &lines.concat(), 0o600);
    }

    /// Writes the profile `lab`, which leads to a server: the usual values, with others added or in their place.
    pub fn lab(&self, server: &Server, more: &[(&str, &str)]) {
        let usual = [
            ("ODOO_BASE_URL", server.url()),
            ("ODOO_DB", DATABASE),
            ("ODOO_API_KEY", KEY),
            ("ODOO_LANG", "en_US"),
            ("ODOO_TZ", "UTC"),
        ];
        let usual = usual.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| name != other));
        let values: Vec<(&str, &str)> = usual.chain(more.iter().copied()).collect();
        self.profile("lab", &values);
    }

    /// Writes a profile as given.
    pub fn profile_text(&self, name: &str, text: &str, mode: u32) {
        write_with_mode(&self.config().join(format!("odoo_{name}.env")), text.as_bytes(), mode);
    }

    /// The binary with these arguments, ready to be given more.
    pub fn agent<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Agent {
        let mut command = Command::new(BINARY);
        command.env_clear().env("ODOO_AGENT_HOME", self.path()).current_dir(self.directory.path());
        command.args(arguments);
        Agent { command, stdin: None }
    }

    /// Runs these arguments and nothing else, in this process: nothing that a run finds out outlives it there either
    /// (`static` keeps no more than handlers of signals), and a third of a run is the start of a process.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Outcome {
        self.agent(arguments).run_here()
    }

    /// The same as a process, for what is about several of them.
    pub fn start<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Outcome {
        self.agent(arguments).run()
    }

    /// Every file below the helper's directories.
    pub fn files(&self) -> Vec<PathBuf> {
        files_below(&self.path())
    }

    /// The cached entries of a kind (`schema`, `lookup`, `document`, `user`).
    pub fn entries(&self, kind: &str) -> Vec<PathBuf> {
        let of_kind = |path: &PathBuf| {
            path.extension().is_some_and(|extension| extension == "entry")
                && path.components().any(|part| part.as_os_str() == kind)
        };
        files_below(&self.cache()).into_iter().filter(of_kind).collect()
    }
}

/// Whether a closed terminal ends what is started here: not under `nohup`, and it is known on Linux alone.
pub fn hangs_up() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).unwrap() & 1 == 0)
}

pub fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for item in fs::read_dir(directory).into_iter().flatten().flatten() {
        if item.file_type().unwrap().is_dir() {
            found.extend(files_below(&item.path()));
        } else {
            found.push(item.path());
        }
    }
    found.sort();
    found
}

pub fn write_with_mode(path: &Path, content: &[u8], mode: u32) {
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).unwrap();
    file.write_all(content).unwrap();
    file.set_permissions(fs::Permissions::from_mode(mode)).unwrap();
}

/// A run that is being prepared.
pub struct Agent {
    command: Command,
    stdin: Option<Vec<u8>>,
}

impl Agent {
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Agent {
        self.command.env(name, value);
        self
    }

    pub fn without_env(mut self, name: &str) -> Agent {
        self.command.env_remove(name);
        self
    }

    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Agent {
        self.command.arg(argument);
        self
    }

    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Agent {
        self.command.args(arguments);
        self
    }

    pub fn stdin(mut self, text: impl AsRef<[u8]>) -> Agent {
        self.stdin = Some(text.as_ref().to_vec());
        self
    }

    /// Starts it, for tests that act while it runs.
    pub fn spawn(mut self) -> Child {
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Starts it, for a test that speaks with it.
    #[cfg(feature = "mcp")]
    pub fn converse(mut self) -> Child {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs with stdout going somewhere else.
    pub fn run_with_stdout(mut self, stdout: Stdio) -> Outcome {
        self.command.stdout(stdout).stderr(Stdio::piped()).stdin(Stdio::null());
        Outcome::of(self.command.spawn().unwrap().wait_with_output().unwrap(), line_of(&self.command))
    }

    /// Runs the program in this process, as `main` does in one of its own. For calls that name no file by a relative
    /// path.
    pub fn run_here(self) -> Outcome {
        let (stdout, stderr) = (Shared::default(), Shared::default());
        let arguments =
            std::iter::once(BINARY.into()).chain(self.command.get_args().map(OsStr::to_os_string));
        let environment = self
            .command
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_os_string(), value?.to_os_string())));
        let exit = odoo_agent::run(
            arguments.collect(),
            environment.collect::<Vec<_>>(),
            Box::new(std::io::Cursor::new(self.stdin.unwrap_or_default())),
            odoo_agent::Out::new(Box::new(stdout.clone()), Box::new(stderr.clone()), false, false),
            std::sync::Arc::new(odoo_agent::System),
        );
        Outcome { exit, stdout: stdout.text(), stderr: stderr.text(), line: line_of(&self.command) }
    }

    /// Runs it as a process.
    pub fn run(mut self) -> Outcome {
        let line = line_of(&self.command);
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.stdin(if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = self.command.spawn().unwrap();
        let writer = self.stdin.map(|text| {
            let mut pipe = child.stdin.take().unwrap();
            // A program that refuses its arguments does not read what is piped into it.
            std::thread::spawn(move || {
                let _ = pipe.write_all(&text);
            })
        });
        let output = child.wait_with_output().unwrap();
        if let Some(writer) = writer {
            writer.join().unwrap();
        }
        Outcome::of(output, line)
    }
}

fn line_of(command: &Command) -> String {
    let words: Vec<OsString> = command.get_args().map(OsStr::to_os_string).collect();
    format!("odoo-agent {}", words.join(OsStr::new(" ")).to_string_lossy())
}

/// A stream that can be looked into afterwards.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
    line: String,
}

impl Outcome {
    pub fn of(output: std::process::Output, line: String) -> Outcome {
        Outcome {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            line,
        }
    }

    /// It succeeded.
    #[track_caller]
    pub fn ok(self) -> Outcome {
        assert_eq!(self.exit, 0, "{}\nstderr: {}", self.line, self.stderr);
        self
    }

    /// It failed with this exit code and error code, printed nothing on stdout and one error object on stderr.
    #[track_caller]
    pub fn fails(self, exit: i32, code: &str) -> Outcome {
        assert_eq!((self.exit, self.code().as_str()), (exit, code), "{}\nstderr: {}", self.line, self.stderr);
        assert_eq!(self.stdout, "", "{}: data although it failed", self.line);
        self
    }

    /// The result.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("{}: stdout is not one JSON value ({error}): {}", self.line, self.stdout)
        })
    }

    fn lines(&self) -> impl Iterator<Item = Value> + '_ {
        self.stderr.lines().map(|line| {
            serde_json::from_str(line)
                .unwrap_or_else(|_| panic!("{}: a line of stderr is not JSON: {line:?}", self.line))
        })
    }

    /// The error object; there must be exactly one, as the last line.
    #[track_caller]
    pub fn error(&self) -> Value {
        let lines: Vec<Value> = self.lines().collect();
        let errors: Vec<&Value> = lines.iter().filter_map(|line| line.get("error")).collect();
        assert_eq!(errors.len(), 1, "{}: one error object: {}", self.line, self.stderr);
        assert!(lines.last().unwrap().get("error").is_some(), "the error is the last line: {}", self.stderr);
        errors[0].clone()
    }

    #[track_caller]
    fn text(&self, key: &str) -> String {
        self.error()[key].as_str().unwrap_or_else(|| panic!("no {key} in {}", self.stderr)).to_string()
    }

    #[track_caller]
    pub fn code(&self) -> String {
        self.text("code")
    }

    #[track_caller]
    pub fn message(&self) -> String {
        self.text("message")
    }

    #[track_caller]
    pub fn effect(&self) -> String {
        self.text("effect")
    }

    #[track_caller]
    pub fn retry(&self) -> String {
        self.text("retry")
    }

    #[track_caller]
    pub fn hints(&self) -> String {
        let error = self.error();
        let hints: Vec<&str> =
            error["hints"].as_array().unwrap().iter().map(|hint| hint.as_str().unwrap()).collect();
        hints.join("\n")
    }

    /// The message holds each of these.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Outcome {
        let message = self.message();
        for part in parts {
            assert!(message.contains(part), "{}: {part:?} is not in {message:?}", self.line);
        }
        self
    }

    /// The notes on stderr.
    pub fn notes(&self) -> Vec<String> {
        self.lines().filter_map(|line| line["note"].as_str().map(str::to_string)).collect()
    }

    /// The debug lines on stderr.
    pub fn debug_lines(&self) -> Vec<String> {
        self.lines().filter_map(|line| line["debug"].as_str().map(str::to_string)).collect()
    }
}
