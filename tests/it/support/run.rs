//! Runs the real binary in a clean environment, with a guard against hanging.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, Once};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tokio::signal::unix::{self, SignalKind};

use super::elsewhere;
use super::stores::{S3, Store as _, instead};
use super::zoho::Zoho;

/// Nothing in a test takes this long, on a busy machine either.
pub const GUARD: Duration = Duration::from_mins(1);

/// The binary, set up but not started. Each run of one `Cli` has the same home, thus the same token cache.
#[derive(Debug, Clone)]
pub struct Cli {
    home: PathBuf,
    variables: BTreeMap<String, String>,
    /// A program that starts it, with its arguments.
    starter: Vec<String>,
    last_args: Vec<String>,
    /// Where `download` is to write instead of its home.
    store: Option<Arc<S3>>,
}

impl Cli {
    /// With nothing in its environment but `PATH` and a home of its own, which is also its working folder.
    pub fn new(home: &Path) -> Cli {
        stop_ignoring_signals();
        let mut variables = BTreeMap::new();
        variables.insert("PATH".into(), std::env::var("PATH").unwrap_or_default());
        variables.insert("HOME".into(), home.display().to_string());
        for (name, folder) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            variables.insert(name.into(), home.join(folder).display().to_string());
        }
        if elsewhere::is_windows() {
            variables.insert("USERPROFILE".into(), home.display().to_string());
        }
        Cli {
            home: home.to_owned(),
            variables,
            starter: Vec::new(),
            last_args: Vec::new(),
            store: None,
        }
    }

    pub fn env(mut self, name: &str, value: impl Into<String>) -> Cli {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    pub fn without(mut self, name: &str) -> Cli {
        self.variables.remove(name);
        self
    }

    /// Started by this program, which sets limits or another user.
    pub fn under<S: Into<String>>(mut self, starter: impl IntoIterator<Item = S>) -> Cli {
        self.starter = starter.into_iter().map(Into::into).collect();
        self
    }

    /// Started by a shell, behind these words of it.
    pub fn after(self, script: &str) -> Cli {
        self.under(["sh", "-c", &format!("{script}; exec \"$0\" \"$@\"")])
    }

    /// An argument that every run gets, behind its own.
    pub fn always(mut self, arg: impl Into<String>) -> Cli {
        self.last_args.push(arg.into());
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it is still there after [`GUARD`].
    pub fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        self.spawn(args).wait()
    }

    /// Runs it to its end, with this on stdin.
    ///
    /// # Panics
    /// As [`run`](Cli::run).
    pub fn run_with_input<const N: usize>(&self, args: [&str; N], input: &str) -> Run {
        let mut pipe = self.start(args, Stdio::piped());
        let mut stdin = pipe.child.stdin.take().expect("it is piped");
        // Who reads nothing is no failure of the test.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        pipe.wait()
    }

    pub fn spawn<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Running {
        self.start(args, Stdio::null())
    }

    fn start<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>, stdin: Stdio) -> Running {
        let args: Vec<OsString> = args.into_iter().map(|arg| arg.as_ref().into()).collect();
        let store = self.store_for(&args).cloned();
        let mut command = self.command(args);
        let shown = command
            .get_args()
            .map(|arg| arg.to_string_lossy().into_owned())
            .collect::<Vec<_>>()
            .join(" ");
        command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        Running {
            stdout: Heard::from(child.stdout.take().expect("it is piped")),
            stderr: Heard::from(child.stderr.take().expect("it is piped")),
            child,
            shown,
            store,
        }
    }

    /// The command, before it is said where its streams go.
    pub fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let binary = elsewhere::binary();
        let mut command = match self.starter.split_first() {
            None => Command::new(binary),
            Some((starter, first_args)) => {
                let mut command = Command::new(starter);
                command.args(first_args).arg(binary);
                command
            }
        };
        let mut args: Vec<OsString> = args.into_iter().map(|arg| arg.as_ref().into()).collect();
        if let Some(store) = self.store_for(&args) {
            args = store.instead(args);
        }
        command.args(args);
        command.args(&self.last_args);
        let variables = self.variables.iter();
        let variables = variables.map(|(name, value)| (name, elsewhere::value(name, value)));
        command.env_clear().envs(variables).current_dir(&self.home);
        command
    }

    /// What a command has instead of its folder.
    fn store_for(&self, args: &[OsString]) -> Option<&Arc<S3>> {
        let is_download = args.first().is_some_and(|command| command == "download");
        self.store.as_ref().filter(|_| is_download)
    }
}

/// Whoever started the tests may have them ignore signals (`nohup`, the `&` of a script), and the program honours what it
/// inherits. A signal with a handler here is back at its default in every child.
fn stop_ignoring_signals() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .expect("a runtime");
        let _inside = runtime.enter();
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        for kind in [
            SignalKind::hangup(),
            SignalKind::interrupt(),
            SignalKind::terminate(),
        ] {
            // Others stay as they are: Ctrl-C has to end the tests.
            if mask.is_some_and(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1) {
                drop(unix::signal(kind).expect("a handler"));
            }
        }
    });
}

/// What a child says. It is read beside the child, so that a full pipe never blocks it.
pub(in crate::support) struct Heard {
    bytes: Arc<Mutex<Vec<u8>>>,
    /// Hangs up at the end.
    end: Receiver<()>,
}

impl Heard {
    pub(super) fn from(mut pipe: impl Read + Send + 'static) -> Heard {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let (sender, end) = channel();
        let heard = Arc::clone(&bytes);
        thread::spawn(move || {
            let _hangs_up = sender;
            let mut piece = [0; 4096];
            // A terminal fails when the last one on its other side has gone.
            while let Ok(len @ 1..) = pipe.read(&mut piece) {
                let mut bytes = heard.lock().expect("nobody panics");
                bytes.extend(&piece[..len]);
            }
        });
        Heard { bytes, end }
    }

    pub(super) fn so_far(&self) -> String {
        let bytes = self.bytes.lock().expect("nobody panics");
        elsewhere::heard(&String::from_utf8_lossy(&bytes))
    }

    /// A grandchild that holds the pipe open must not hold the test.
    pub(super) fn whole(&self) -> String {
        match self.end.recv_timeout(GUARD) {
            Err(RecvTimeoutError::Timeout) => "(pipe still open)".into(),
            _ => self.so_far(),
        }
    }
}

/// Sends a signal by its name, as `kill -NAME` does.
pub(super) fn signal(pid: u32, name: &str) {
    let name = elsewhere::signal(pid, name);
    let mut kill = Command::new("kill");
    let status = kill.arg(format!("-{name}")).arg(pid.to_string()).status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "kill -{name} failed"
    );
}

/// A run that has not ended yet. Killed when dropped.
pub struct Running {
    child: Child,
    stdout: Heard,
    stderr: Heard,
    shown: String,
    /// It is to have written there.
    store: Option<Arc<S3>>,
}

impl Running {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// As a crash: no handler runs.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is ours");
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    pub fn stdout_so_far(&self) -> String {
        self.stdout.so_far()
    }

    pub fn stderr_so_far(&self) -> String {
        self.stderr.so_far()
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is ours").is_none()
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it is still there after [`GUARD`].
    pub fn wait(mut self) -> Run {
        let begin = Instant::now();
        let mut hangs = false;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it is ours") {
                break status;
            }
            if begin.elapsed() > GUARD && !hangs {
                hangs = true;
                self.kill();
            }
            thread::sleep(Duration::from_millis(5));
        };
        let run = Run {
            code: code_of(status),
            stdout: self.stdout.whole(),
            stderr: self.stderr.whole(),
            args: std::mem::take(&mut self.shown),
        };
        assert!(!hangs, "still running after {GUARD:?}\n{run}");
        if let Some(store) = &self.store {
            store.must_have_been_used_by(&run);
        }
        run
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// As a shell tells it: 128 and the signal for a process that a signal ended.
fn code_of(status: ExitStatus) -> i32 {
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// A run that has ended. Its `Display` is what an assertion should print.
#[derive(Debug, Clone)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub args: String,
}

impl Run {
    /// stdout as JSON Lines.
    ///
    /// # Panics
    /// When a line is not JSON.
    pub fn json_lines(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| {
                serde_json::from_str(line)
                    .unwrap_or_else(|error| panic!("{error} in {line}\n{self}"))
            })
            .collect()
    }

    /// stdout as one JSON document.
    ///
    /// # Panics
    /// When it is not one.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }

    /// The JSON lines whose `event` this is.
    pub fn events(&self, event: &str) -> Vec<Value> {
        let mut lines = self.json_lines();
        lines.retain(|line| line["event"] == event);
        lines
    }
}

impl fmt::Display for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Run {
            code,
            stdout,
            stderr,
            args,
        } = self;
        write!(
            formatter,
            "backup-fetch {args}\nexit code {code}\n--- stdout\n{stdout}--- stderr\n{stderr}---"
        )
    }
}

impl Zoho {
    /// The binary, talking to this stand-in, with waits that cost no time.
    pub fn cli(&self) -> Cli {
        self.cli_with(self.env())
    }

    /// The same with an access token, so that none is asked for and none is written down.
    pub fn cli_with_access_token(&self) -> Cli {
        self.cli_with(self.env_with_access_token())
    }

    fn cli_with(&self, variables: Vec<(&str, String)>) -> Cli {
        let mut cli = Cli::new(self.home()).always("--retry-wait").always("1ms");
        if let Some(bucket) = instead::bucket(self.home()) {
            cli = cli.with_store(&*bucket);
            cli.store = Some(bucket);
        }
        if let Some(ca) = self.ca_file() {
            cli = cli.always("--ca-cert").always(ca.display().to_string());
        }
        let variables = variables.into_iter();
        variables.fold(cli, |cli, (name, value)| cli.env(name, value))
    }

    /// Runs the binary against this stand-in.
    pub fn run<const N: usize>(&self, args: [&str; N]) -> Run {
        self.cli().run(args)
    }

    /// `download --out out`, and whatever else.
    pub fn download<const N: usize>(&self, more: [&str; N]) -> Run {
        self.cli()
            .run(["download", "--out", "out"].iter().chain(&more))
    }

    /// Where the set of the stand-in's ids is saved by `download`.
    pub fn saved(&self) -> PathBuf {
        let rules = self.rules();
        self.home()
            .join("out")
            .join(format!("{}-{}", rules.org, rules.job))
    }

    /// Whether the tests are run so that this is in a store.
    pub fn saves_in_store(&self) -> bool {
        instead::bucket(self.home()).is_some()
    }

    /// The same as the program calls it.
    pub fn saved_as_told(&self) -> String {
        let saved = self.saved();
        let below = saved.strip_prefix(self.home()).expect("it is there");
        let url =
            instead::bucket(self.home()).map(|bucket| bucket.url(&below.display().to_string()));
        url.unwrap_or_else(|| saved.display().to_string())
    }

    /// Where a file of that set is until it is whole and verified, under a name of its own.
    pub fn staged(&self, name: &str) -> PathBuf {
        let saved = self.saved();
        let set = saved.file_name().expect("it has a name");
        let staging = instead::bucket(self.home()).map(|bucket| bucket.staging("out", set));
        staging.unwrap_or(saved).join(name)
    }

    /// The bytes saved under this name, if any.
    pub fn saved_bytes(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.saved().join(name)).ok()
    }
}

/// Every file and folder below `folder`, relative to it and sorted; empty when it does not exist.
pub fn files_under(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path.clone());
            }
            let relative = path.strip_prefix(folder).expect("it is below");
            found.push(relative.display().to_string());
        }
    }
    found.sort();
    found
}

/// Waits until something is so.
///
/// # Panics
/// When it is still not so after [`GUARD`].
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < GUARD, "waited {GUARD:?} for: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// A folder of its own for tests that need no stand-in.
pub fn folder() -> TempDir {
    TempDir::new().expect("a temporary folder")
}
