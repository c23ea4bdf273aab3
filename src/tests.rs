//! One process, many calls: what a session, a host and the interrupts keep when the library runs twice, or twice at
//! once. A server of one's own stands behind the transport, a clock that is set by hand before it.

use std::ffi::OsString;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::actions::{search_all, search_read, write};
use crate::cache::Cache;
use crate::caller::Caller;
use crate::cli::globals::Globals;
use crate::cli::host::CommandLine;
use crate::cli::interrupt;
use crate::cli::local::Local;
use crate::cli::out::Out;
use crate::cli::render::format::Format;
use crate::cli::stream::Written;
use crate::cli::words::Speech;
use crate::clock::Clock;
use crate::error::{Code, Effect};
use crate::host::Watch;
use crate::json_input::Stdin;
use crate::odoo::cookies::Cookies;
use crate::operation::{Access, Object, Operation};
use crate::outcome::Body;
use crate::secret::Secret;
use crate::session::{Run, Session};
use crate::settings::{Environment, Paths, Settings};
use crate::transport::{FaultKind, HttpReply, HttpRequest, Phase, Transport, TransportFault};

/// Signals are of the process: one test that asks what they say at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A clock that moves when somebody sleeps or moves it.
pub(crate) struct Hands {
    start: Instant,
    passed: Mutex<Duration>,
}

impl Hands {
    pub(crate) fn new() -> Arc<Hands> {
        Arc::new(Hands { start: Instant::now(), passed: Mutex::default() })
    }

    fn passed(&self) -> Duration {
        *self.passed.lock().unwrap()
    }
}

impl Clock for Hands {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_770_000_000) + self.passed()
    }

    fn instant(&self) -> Instant {
        self.start + self.passed()
    }

    fn sleep(&self, time: Duration) {
        *self.passed.lock().unwrap() += time;
    }
}

type Answer = dyn Fn(&HttpRequest) -> Result<String, TransportFault> + Send + Sync;

struct Server {
    answer: Arc<Answer>,
    asked: Arc<AtomicUsize>,
}

impl Transport for Server {
    fn send(&self, request: &HttpRequest) -> Result<HttpReply, TransportFault> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let body = (self.answer)(request)?.into_bytes();
        Ok(HttpReply { status: 200, headers: Vec::new(), body })
    }
}

/// A session, with what surrounds it.
pub(crate) struct Bench {
    pub(crate) session: Session,
    local: Local,
    asked: Arc<AtomicUsize>,
    pub(crate) _home: tempfile::TempDir,
}

pub(crate) fn bench(
    clock: Arc<Hands>,
    answer: impl Fn(&HttpRequest) -> Result<String, TransportFault> + Send + Sync + 'static,
) -> Bench {
    let home = tempfile::tempdir().unwrap();
    let pairs = [
        ("ODOO_AGENT_HOME", home.path().to_str().unwrap()),
        ("ODOO_BASE_URL", "http://127.0.0.1:1"),
        ("ODOO_DB", "lab"),
        ("ODOO_API_KEY", "0123456789abcdef0123456789abcdef01234567"),
        ("ODOO_LANG", "en_US"),
        ("ODOO_TZ", "UTC"),
    ];
    let environment =
        Environment::from_pairs(pairs.map(|(name, value)| (name.into(), OsString::from(value))));
    let paths = Paths::find(&environment).unwrap();
    let (selection, context, look) = Globals::default().parts();
    let settings = Settings::load(&selection, &environment, &paths).unwrap();
    let out = Out::new(Box::new(std::io::sink()), Box::new(std::io::sink()), false, false);
    let (asked, answer): (Arc<AtomicUsize>, Arc<Answer>) = (Arc::default(), Arc::new(answer));
    let counted = Arc::clone(&asked);
    let connect = move || -> crate::error::Result<Box<dyn Transport>> {
        Ok(Box::new(Server { answer: Arc::clone(&answer), asked: Arc::clone(&counted) }))
    };
    let cache = Cache::new(&paths.cache, clock.clone());
    let cookies = Cookies::new(&paths.state);
    let places = crate::policy::files::Places {
        machine: paths.machine.clone(),
        config: paths.config.clone(),
        profile: None,
        env_file: None,
    };
    let gate = crate::policy::gate::Gate::open(&places, &paths.state, "test", clock.clone());
    let session = Session::open(
        settings,
        cache,
        Box::new(connect),
        Arc::clone(&out.veil),
        clock.clone(),
        cookies,
        gate,
    )
    .journaling(&paths.state);
    let stdin = Stdin::new(Box::new(std::io::empty()));
    let local = Local {
        out: Rc::new(out),
        stdin,
        selection,
        context,
        look,
        environment,
        paths,
        clock,
        arguments: Vec::new(),
    };
    Bench { session, local, asked, _home: home }
}

fn caller() -> Caller {
    Caller::new(Object::new(), &[], "cli").unwrap()
}

fn a_write() -> write::Request {
    write::Request { model: "res.partner".into(), ids: vec![1], vals: Object::new(), read_back: None }
}

fn every_partner() -> search_all::Request {
    let search = search_read::Request {
        model: "res.partner".into(),
        domain: Vec::new(),
        fields: crate::actions::fields::Fields::Named(vec!["name".into()]),
        limit: 0,
        offset: 0,
        order: None,
    };
    search_all::Request::new(search, 1000, None, true).unwrap()
}

/// Rows and counts at once; a write only when it is let through, having said that it is there.
fn rows_and_a_slow_write(
    there: Sender<()>,
    go: Receiver<()>,
) -> impl Fn(&HttpRequest) -> Result<String, TransportFault> {
    let (there, go) = (Mutex::new(there), Mutex::new(go));
    move |request| {
        Ok(match request.path.rsplit('/').next() {
            Some("search_read") => {
                let rows: Vec<_> = (1..=25).map(|id| json!({ "id": id, "name": "x" })).collect();
                json!(rows).to_string()
            }
            Some("search_count") => "0".into(),
            Some("write") => {
                there.lock().unwrap().send(()).unwrap();
                go.lock().unwrap().recv().unwrap();
                "true".into()
            }
            _ => "{}".into(),
        })
    }
}

#[test]
fn a_write_after_a_stream_is_said_to_be_a_write() {
    let _alone = alone();
    let ((there, is_there), (go, may_go)) = (channel(), channel());
    let bench = bench(Hands::new(), rows_and_a_slow_write(there, may_go));
    {
        let host = CommandLine::new(&bench.local, Speech::plain());
        let mut rows = Written::new(&host, &bench.local.out, every_partner(), Format::Ndjson);
        let outcome =
            search_all::perform(every_partner(), &bench.session, &caller(), &host, &mut rows).unwrap();
        assert!(matches!(outcome.body, Body::Rows(stream) if stream.rows == 25));
        let said = interrupt::said(true);
        assert!(said.message.contains("25 rows were written"), "{}", said.message);
    }
    assert_eq!(interrupt::said(true).effect, Effect::NotSent, "a stream that is over is nobody's");
    let (session, out) = (&bench.session, &bench.local);
    let host = CommandLine::new(out, Speech::plain());
    let marks = host.interruptible().clone();
    std::thread::scope(|scope| {
        let call = scope.spawn(move || {
            let host = Marked(marks);
            write::perform(a_write(), session, &caller(), &host).unwrap()
        });
        is_there.recv().unwrap();
        let said = interrupt::said(true);
        assert_eq!((said.code, said.effect), (Code::Interrupted, Effect::Unknown), "{}", said.message);
        go.send(()).unwrap();
        assert_eq!(call.join().unwrap().effect, Effect::Done);
    });
    let said = interrupt::said(true);
    assert_eq!(said.effect, Effect::Done, "answered, and its result is not out: {}", said.message);
    drop(host);
    assert_eq!(interrupt::said(true).effect, Effect::NotSent);
}

/// A host on another thread that only marks what is sent.
pub(crate) struct Marked(interrupt::Interruptible);

/// A host that nobody listens to: no signal tells of its calls, whatever tests run beside.
pub(crate) fn unheard() -> Marked {
    Marked(interrupt::Interruptible::default())
}

impl crate::host::Host for Marked {
    fn note(&self, _: &crate::hint::Hint) {}

    fn trace(&self, _: &dyn Fn() -> String) {}

    fn watch<'h>(&'h self, what: &str, access: crate::operation::Access) -> Box<dyn crate::host::Watch + 'h> {
        Box::new(self.0.sending(what, access))
    }

    fn approver_key(
        &self,
        _: &dyn Fn() -> crate::error::Result<crate::host::Question>,
    ) -> crate::error::Result<Option<Secret>> {
        Ok(None)
    }
}

#[test]
fn of_several_calls_those_whose_write_is_under_way_are_named_whatever_ends_the_process() {
    let _alone = alone();
    let (reading, one, answered, other) =
        (interrupt::call(), interrupt::call(), interrupt::call(), interrupt::call());
    let begun = |call: &interrupt::Interruptible, id: &str| {
        call.journaled(format!("check {id}"));
        call.sending("res.partner/write", Access::Write)
    };
    assert!(interrupt::under_way().is_empty());
    let _read = reading.sending("res.partner/read", Access::Read);
    let first = begun(&answered, "answered");
    first.answered(Effect::Done);
    drop(first);
    let one_writes = begun(&one, "one");
    let hints = |error: &crate::error::Error| {
        error.hints.iter().map(|hint| hint.as_text().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(hints(&interrupt::said(true)), ["check one"]);
    let other_writes = begun(&other, "other");
    let said = interrupt::said(true);
    assert_eq!(
        (said.effect, hints(&said)),
        (Effect::Unknown, vec!["check one".into(), "check other".into()])
    );
    let bug = crate::cli::bug("");
    assert_eq!(bug.effect, Effect::Unknown);
    assert_eq!(hints(&bug)[..2], ["check one", "check other"]);
    drop((one_writes, other_writes));
    assert!(!hints(&crate::cli::bug("")).concat().contains("check one"));
}

#[test]
fn the_end_of_a_read_leaves_a_parallel_write_under_way() {
    let _alone = alone();
    let ((there, is_there), (go, may_go)) = (channel(), channel());
    let bench = bench(Hands::new(), rows_and_a_slow_write(there, may_go));
    let session = &bench.session;
    let (one, other) = (interrupt::call(), interrupt::call());
    std::thread::scope(|scope| {
        let writing = scope.spawn(move || write::perform(a_write(), session, &caller(), &Marked(one)));
        is_there.recv().unwrap();
        let reading = scope.spawn(move || {
            let (caller, host) = (caller(), Marked(other));
            Run::new(session, &caller, &host)
                .send(Operation::new("res.partner", "search_count", Object::new()).unwrap())
                .unwrap();
        });
        reading.join().unwrap();
        assert_eq!(interrupt::said(true).effect, Effect::Unknown, "the write is under way still");
        go.send(()).unwrap();
        writing.join().unwrap().unwrap();
    });
}

#[test]
fn a_schema_is_remembered_for_its_life_and_a_refresh_replaces_it() {
    let clock = Hands::new();
    let version = Arc::new(AtomicUsize::new(1));
    let served = Arc::clone(&version);
    let bench = bench(clock.clone(), move |_| {
        let name = format!("field_{}", served.load(Ordering::SeqCst));
        Ok(json!({ name: { "type": "char", "string": "x" } }).to_string())
    });
    let (caller, host) = (caller(), unheard());
    // Each call is one run; the session outlives them.
    let names = |refresh: bool| {
        let run = Run::new(&bench.session, &caller, &host);
        let schema = run.schema("res.partner", refresh).unwrap();
        (schema.names().collect::<Vec<_>>().join(","), schema.from_cache)
    };
    assert_eq!(names(false), ("field_1".into(), false));
    version.store(2, Ordering::SeqCst);
    assert_eq!(names(false), ("field_1".into(), true), "at hand");
    assert_eq!(bench.asked.load(Ordering::SeqCst), 1);
    assert_eq!(names(true), ("field_2".into(), false), "asked for anew");
    assert_eq!(names(false), ("field_2".into(), true), "the refreshed one is what is at hand");
    version.store(3, Ordering::SeqCst);
    clock.sleep(bench.session.settings.schema_ttl + Duration::from_secs(1));
    assert_eq!(names(false), ("field_3".into(), false), "its life is over");
}

#[test]
fn tokens_of_calls_that_are_over_are_not_kept() {
    let bench = bench(Hands::new(), |_| Ok("true".into()));
    let host = unheard();
    for number in 0..200 {
        let mut caller = caller();
        caller.approval.token = Some(Secret::new(format!("token-{number:034}")));
        write::perform(a_write(), &bench.session, &caller, &host).unwrap();
    }
    assert_eq!(bench.session.veil.len(), 1, "only the profile's own key is left");
}

#[test]
fn a_read_is_repeated_with_pauses_that_nobody_waits_for() {
    let clock = Hands::new();
    let tries = AtomicUsize::new(0);
    let bench = bench(clock.clone(), move |_| {
        if tries.fetch_add(1, Ordering::SeqCst) < 3 {
            let detail = "cut".to_string();
            return Err(TransportFault::new(FaultKind::Reset, Phase::Sent, detail));
        }
        Ok("7".into())
    });
    let (caller, host) = (caller(), unheard());
    let request = crate::actions::count::Request { model: "res.partner".into(), domain: Vec::new() };
    let outcome = crate::actions::count::perform(request, &bench.session, &caller, &host).unwrap();
    assert_eq!(outcome.body, Body::Value("7".into()));
    assert_eq!(bench.asked.load(Ordering::SeqCst), 4);
    assert!(clock.passed() > Duration::from_millis(1500), "150, 450 and 1350 ms by the clock");
}

#[test]
fn a_session_serves_many_threads() {
    fn is_shared<T: Send + Sync>(_: &T) {}
    let bench = bench(Hands::new(), |_| Ok("3".into()));
    is_shared(&bench.session);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let (caller, host) = (caller(), unheard());
                let request = crate::actions::count::Request { model: "a.b".into(), domain: Vec::new() };
                crate::actions::count::perform(request, &bench.session, &caller, &host).unwrap();
            });
        }
    });
    assert_eq!(bench.asked.load(Ordering::SeqCst), 8);
}
