//! What a test needs of the machine. A test asks for it in its first line, by [`needs!`]: where it is not there
//! the test says so and ends. `.ci/run` sets `REQUIRE_TOOLS=1`, and then a program that is not there fails the test.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use rustix::process::geteuid;
use tempfile::TempDir;

use super::stores;

/// Ends the test where one of these is not there: `needs!(Strace, Program("zip"))`.
macro_rules! needs {
    ($($need:ident $(($of:expr))?),+) => {
        if !($($crate::support::tools::Need::$need $(($of))?.is_met())&&+) {
            return;
        }
    };
}
pub(crate) use needs;

pub enum Need {
    Program(&'static str),
    /// And leave to trace.
    Strace,
    /// Built by `cargo test`, not by `cargo test --test it`.
    Sandbox,
    /// Python, and what it makes environments of.
    Venv,
    /// Stores that `.ci/stores` installs.
    S3,
    Moto,
    Azurite,
    Gcs,
    /// The right to mount a file system.
    Mount,
    /// The right to become another user.
    Root,
}

impl Need {
    pub fn is_met(&self) -> bool {
        use Need::{Azurite, Gcs, Moto, Mount, Program, Root, S3, Sandbox, Strace, Venv};
        match self {
            Program(name) => find(name).is_some() || is_missing(&format!("{name} is not there")),
            Strace => *CAN_TRACE || is_missing("strace is not there, or may not trace"),
            Sandbox => sandbox().is_file() || is_missing("the sandbox is not built"),
            Venv => *HAS_VENV || is_missing("python3 with venv is not there"),
            S3 => is_installed("s3s-fs", &stores::S3::program()),
            Moto => is_installed("moto", &stores::Moto::program()),
            Azurite => is_installed("Azurite", &stores::Azurite::program()),
            Gcs => is_installed("fake-gcs-server", &stores::Gcs::program()),
            Mount => *CAN_MOUNT || skipped("no right to mount a file system"),
            Root => geteuid().is_root() || skipped("no right to become another user"),
        }
    }
}

/// Where a program is. Servers live where the `PATH` of an ordinary user does not lead.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    let folders = path.split(':').chain(["/usr/sbin", "/usr/local/sbin"]);
    let mut programs = folders.map(|folder| Path::new(folder).join(program));
    programs.find(|program| program.is_file())
}

fn is_installed(name: &str, program: &Path) -> bool {
    program.exists() || is_missing(&format!("{name} is not there: .ci/stores installs it"))
}

/// The example of that name.
pub fn sandbox() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_backup-fetch"));
    program.with_file_name("examples").join("sandbox")
}

/// For what anybody can install.
///
/// # Panics
/// Where `REQUIRE_TOOLS` says so.
fn is_missing(what: &str) -> bool {
    let required = std::env::var_os("REQUIRE_TOOLS").is_some_and(|value| value == "1");
    assert!(!required, "{what}, and REQUIRE_TOOLS=1 is set");
    skipped(what)
}

/// For what not every machine can give.
pub fn skipped(what: &str) -> bool {
    // Not by a macro, whose output a passing test would swallow.
    let _ = writeln!(std::io::stderr(), "skipped: {what}");
    false
}

static CAN_TRACE: LazyLock<bool> = LazyLock::new(|| {
    let mut traced = Command::new("strace");
    succeeds(traced.args(["-qq", "-o", "/dev/null", "true"]))
});

static HAS_VENV: LazyLock<bool> =
    LazyLock::new(|| succeeds(Command::new("python3").args(["-c", "import ensurepip"])));

static CAN_MOUNT: LazyLock<bool> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a temporary folder");
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]);
    let can = succeeds(mount.arg(folder.path()));
    can && succeeds(Command::new("umount").arg(folder.path()))
});

fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
