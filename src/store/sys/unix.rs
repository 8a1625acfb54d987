//! Linux, macOS and other Unixes.

use std::ffi::{OsStr, OsString};
use std::fs::{DirBuilder, File, FileType, Metadata, OpenOptions, Permissions};
use std::io::{self, IoSlice, Read};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{
    DirBuilderExt, FileExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt,
};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::{
    Access, AtFlags, CWD, FallocateFlags, Mode, OFlags, RenameFlags, Stat, StatVfs,
    StatVfsMountFlags,
};
use rustix::io::Errno;
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process_group, setrlimit};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tempfile::NamedTempFile;
use tokio::signal::unix::{Signal as Signals, SignalKind, signal};

use super::UsualFolder;
use crate::exit::Exit;

/// An open file, a standard stream, a socket.
pub(crate) use std::os::fd::AsFd as AsStream;

// Where files are.

pub(crate) const CONFIG_FOLDER: UsualFolder = below_home(".config");
pub(crate) const STATE_FOLDER: UsualFolder = below_home(".local/state");
pub(crate) const CACHE_FOLDER: UsualFolder = below_home(".cache");

const fn below_home(below_home: &'static str) -> UsualFolder {
    UsualFolder {
        variable: None,
        below_home,
        name: "backup-fetch",
    }
}

/// Whether a path holds what only a shell understands: `$NAME`, `${NAME}`, `$(…)`. A `$` before anything else may well be part of a
/// name.
pub(crate) fn is_for_a_shell(path: &str) -> bool {
    path.split('$').skip(1).any(|after| {
        after.starts_with(|first: char| first.is_ascii_alphabetic() || "_{(".contains(first))
    })
}

/// The name of a variable of the environment.
pub(crate) fn variable(name: &str) -> String {
    name.to_owned()
}

/// The path in a `file://` address.
pub(crate) fn path_in_address(rest: &str) -> &Path {
    Path::new(rest)
}

/// Whether the system takes an absolute path for a device: what is there is looked at instead.
pub(crate) fn is_path_of_device(_: &Path) -> bool {
    false
}

/// What a person types to give a file another name.
pub(crate) fn rename_command(from: &str, to: &str) -> String {
    format!("mv -- '{from}' '{to}'")
}

/// Whether `SSL_CERT_FILE` and `SSL_CERT_DIR` say where the certificates of the system are.
pub(crate) const ASKS_FOR_CA_STORE: bool = true;

/// Starts what shows a page to the user. It takes the page as one argument, with no shell in between.
pub(crate) const BROWSER: &[&str] = if cfg!(target_os = "macos") {
    &["open"]
} else {
    &["xdg-open"]
};

// Who may read what.

/// Whatever this process makes from here on is private, and its own: a umask can take bits away from the owner, too.
pub(crate) fn make_files_private() {
    rustix::process::umask(Mode::from_raw_mode(0o077));
}

/// Whether the system shows by modes who may read a file.
pub(crate) const HAS_MODES: bool = true;

/// What this machine calls itself.
pub(crate) fn host_name() -> String {
    let name = rustix::system::uname();
    name.nodename().to_string_lossy().into_owned()
}

/// Makes a folder and its parents, where they are missing, for their owner alone.
pub(crate) fn create_private_folders(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// What is created is for its owner alone.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

/// Lets everybody read a file of ours.
pub(crate) fn open_to_readers(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o644))
}

/// The permissions, if others than the owner have any.
pub(crate) fn exposed_to_others(found: &Metadata) -> Option<u32> {
    open_to(found, 0o077)
}

/// The permissions, if others than the owner and the group have any.
pub(crate) fn exposed_to_all(found: &Metadata) -> Option<u32> {
    open_to(found, 0o007)
}

fn open_to(found: &Metadata, whom: u32) -> Option<u32> {
    let mode = found.permissions().mode() & 0o777;
    (mode & whom != 0).then_some(mode)
}

/// Fails unless this user may write there, as far as permissions and mount tell.
pub(crate) fn check_writable(path: &Path) -> io::Result<()> {
    Ok(rustix::fs::access(path, Access::WRITE_OK)?)
}

/// Fails unless this user may create files in the folder.
pub(crate) fn check_writable_folder(path: &Path) -> io::Result<()> {
    Ok(rustix::fs::access(
        path,
        Access::WRITE_OK | Access::EXEC_OK,
    )?)
}

/// Whether nobody can change what is there, as on a mount of a container's secrets.
pub(crate) fn is_mounted_read_only(path: &Path) -> bool {
    let mount = rustix::fs::statvfs(path);
    mount.is_ok_and(|mount| mount.f_flag.contains(StatVfsMountFlags::RDONLY))
}

/// Whether a file system is mounted on this folder, be it a part of another one (a bind mount). One that is mounted when
/// somebody comes by is mounted by this.
pub(crate) fn is_mount_point(folder: &Path) -> io::Result<bool> {
    if let Some(is_root) = is_root_of_mount(folder)? {
        return Ok(is_root);
    }
    is_apart_from_its_parent(folder)
}

fn is_apart_from_its_parent(folder: &Path) -> io::Result<bool> {
    let (own, parent) = (folder.metadata()?, folder.join("..").metadata()?);
    // The root is its own parent.
    Ok(own.dev() != parent.dev() || own.ino() == parent.ino())
}

/// What the kernel says of it, where it does (Linux 5.8).
#[cfg(target_os = "linux")]
fn is_root_of_mount(folder: &Path) -> io::Result<Option<bool>> {
    use rustix::fs::{StatxAttributes, StatxFlags, statx};
    match statx(CWD, folder, AtFlags::empty(), StatxFlags::empty()) {
        Ok(found) => {
            let is_told = found
                .stx_attributes_mask
                .contains(StatxAttributes::MOUNT_ROOT);
            let is_root = found.stx_attributes.contains(StatxAttributes::MOUNT_ROOT);
            Ok(is_told.then_some(is_root))
        }
        Err(Errno::NOSYS | Errno::PERM) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn is_root_of_mount(_: &Path) -> io::Result<Option<bool>> {
    Ok(None)
}

/// The root of a file system is always there.
pub(crate) const ROOT_IS_ALWAYS_MOUNTED: bool = true;

// Which file it is.

pub(crate) fn is_device(kind: FileType) -> bool {
    kind.is_char_device() || kind.is_block_device()
}

/// What a shell makes of `<(…)`, and a terminal: read once, by whoever has it.
pub(crate) fn is_stream(kind: FileType) -> bool {
    kind.is_fifo() || kind.is_char_device()
}

/// A file at one moment: another inode, length or time of change, and it is not what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    length: u64,
    changed: (i64, i64),
}

impl Stamp {
    pub(crate) fn of(file: &File) -> io::Result<Stamp> {
        let found = file.metadata()?;
        Ok(Stamp {
            device: found.dev(),
            inode: found.ino(),
            length: found.size(),
            changed: (found.mtime(), found.mtime_nsec()),
        })
    }
}

/// Whether the file that is open is the one that lies under this name. A handle keeps its inode, so no other file can
/// have the same number meanwhile.
pub(crate) fn is_at(path: &Path, file: &File) -> io::Result<bool> {
    match path.symlink_metadata() {
        Ok(named) => {
            let open = file.metadata()?;
            Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether a file has no second name, under which it may be somebody else's, too.
pub(crate) fn has_one_name(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.nlink() == 1)
}

/// How systemd names an open file in `JOURNAL_STREAM`.
pub(crate) fn journal_name(stream: impl AsStream) -> Option<String> {
    let found = rustix::fs::fstat(stream).ok()?;
    Some(format!("{}:{}", found.st_dev, found.st_ino))
}

/// Whether a file can't have such a name on this system: there is none.
pub(crate) fn is_reserved_name(_: &str) -> bool {
    false
}

// Names.

/// Opens a file. A symbolic link in the last part of the path is refused: see [`is_refused_link`]. A pipe is not waited for.
pub(crate) fn open_no_follow(options: &OpenOptions, path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut options = options.clone();
    options.custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    options.open(path)
}

/// Whether a link was refused on account of [`open_no_follow`].
pub(crate) fn is_refused_link(error: &io::Error) -> bool {
    is_one_of(error, &[Errno::LOOP])
}

/// Nobody can be kept from writing to what is opened.
pub(crate) fn alone(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Whether [`alone`] keeps others out.
pub(crate) const OPENS_ALONE: bool = false;

/// Opens a folder itself.
pub(crate) fn open_folder(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Something to lock while files in the folder are changed: the folder, because each of them is another file after a change.
pub(crate) fn open_to_lock(folder: &Path) -> io::Result<File> {
    File::open(folder)
}

/// What shows whether the file system has locks, without making anything.
pub(crate) fn open_to_try_locks(folder: &Path) -> io::Result<Option<File>> {
    File::open(folder).map(Some)
}

/// Renames, and never replaces anything: [`io::ErrorKind::AlreadyExists`]. Where the file system has no such rename, a look
/// before it has to do.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    let renamed = rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE);
    match renamed.map_err(unless_unknown) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            if to.symlink_metadata().is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            std::fs::rename(from, to)
        }
        outcome => outcome,
    }
}

/// Renames, and takes the name from who has it.
pub(crate) fn rename_over(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

/// The path in the form in which it may be as long as the system lets it be: this one.
pub(crate) fn however_long(path: &Path) -> PathBuf {
    path.to_owned()
}

/// Gives a temporary file its name, and takes that from who has it.
pub(crate) fn persist(file: NamedTempFile, path: &Path) -> io::Result<File> {
    Ok(file.persist(path)?)
}

/// Takes a name away at once, whoever has the file open.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)
}

// Below a folder that is held open: whatever becomes of the path to it, it is this folder.

/// What has a name, as far as a removal needs to know it. A symbolic link is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) is_file: bool,
    pub(crate) is_folder: bool,
    pub(crate) length: u64,
    pub(crate) names: u64,
    /// Of the file system.
    pub(crate) device: u64,
    inode: u64,
}

impl Found {
    pub(crate) fn is_same_as(self, other: Found) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }
}

impl From<&Stat> for Found {
    // The types differ from one system to the next.
    #[allow(
        clippy::useless_conversion,
        clippy::unnecessary_cast,
        clippy::cast_sign_loss
    )]
    fn from(found: &Stat) -> Found {
        let kind = rustix::fs::FileType::from_raw_mode(found.st_mode);
        Found {
            is_file: kind.is_file(),
            is_folder: kind.is_dir(),
            length: found.st_size as u64,
            names: found.st_nlink as u64,
            device: found.st_dev as u64,
            inode: found.st_ino as u64,
        }
    }
}

/// A folder that is held open.
pub(crate) struct HeldFolder(File);

impl HeldFolder {
    pub(crate) fn open(path: &Path) -> io::Result<HeldFolder> {
        File::open(path).map(HeldFolder)
    }

    pub(crate) fn handle(&self) -> &File {
        &self.0
    }

    pub(crate) fn found(&self) -> io::Result<Found> {
        Ok(Found::from(&rustix::fs::fstat(&self.0)?))
    }

    /// What has this name.
    pub(crate) fn look(&self, name: &OsStr) -> io::Result<Found> {
        let found = rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(Found::from(&found))
    }

    /// A real folder.
    pub(crate) fn open_folder(&self, name: &OsStr) -> io::Result<HeldFolder> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(&self.0, name, flags, Mode::empty())?;
        Ok(HeldFolder(opened.into()))
    }

    /// Opens to read. A symbolic link is refused, and a pipe is not waited for.
    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(&self.0, name, flags, Mode::empty())?;
        Ok(opened.into())
    }

    /// All names in the folder, in order.
    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Gives a folder that is held another name in this one, and never replaces anything. Nothing: another folder had come to its
    /// name, and has it still.
    pub(crate) fn rename_folder(
        &self,
        folder: HeldFolder,
        from: &OsStr,
        to: &OsStr,
    ) -> io::Result<Option<HeldFolder>> {
        self.rename_new(from, to)?;
        if self.look(to)?.is_same_as(folder.found()?) {
            return Ok(Some(folder));
        }
        let _ = self.rename_new(to, from);
        Ok(None)
    }

    /// As [`rename_new`].
    fn rename_new(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        let renamed = rustix::fs::renameat_with(&self.0, from, &self.0, to, RenameFlags::NOREPLACE);
        match renamed.map_err(unless_unknown) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                if self.look(to).is_ok() {
                    return Err(io::ErrorKind::AlreadyExists.into());
                }
                Ok(rustix::fs::renameat(&self.0, from, &self.0, to)?)
            }
            outcome => outcome,
        }
    }

    pub(crate) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// An empty one, which must not be held any more.
    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }

    /// Fails unless this user may take names away from the folder, as far as permissions and mount tell.
    pub(crate) fn check_writable(&self) -> io::Result<()> {
        let how = Access::WRITE_OK | Access::EXEC_OK;
        Ok(rustix::fs::accessat(&self.0, ".", how, AtFlags::empty())?)
    }
}

/// Exchanges two names in one step; [`io::ErrorKind::Unsupported`] where the file system has no such call.
pub(crate) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    rustix::fs::renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).map_err(unless_unknown)
}

/// Gives the file that is open one more name, whatever became of its first one. Never replaces anything.
pub(crate) fn link_new(file: &File, to: &Path) -> io::Result<()> {
    let handle = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(rustix::fs::linkat(
        CWD,
        &*handle,
        CWD,
        to,
        AtFlags::SYMLINK_FOLLOW,
    )?)
}

/// With what a kernel, a file system or a seccomp filter answers that does not know the call as
/// [`io::ErrorKind::Unsupported`].
fn unless_unknown(error: Errno) -> io::Error {
    match error {
        Errno::INVAL | Errno::NOSYS | Errno::NOTSUP | Errno::PERM => {
            io::ErrorKind::Unsupported.into()
        }
        error => error.into(),
    }
}

// Bytes.

/// Fills the buffer from `at` on.
pub(crate) fn read_exact_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<()> {
    file.read_exact_at(buffer, at)
}

/// Writes all of the pieces, one after the other, from `at` on.
pub(crate) fn write_all_at(file: &File, pieces: &[&[u8]], mut at: u64) -> io::Result<()> {
    let mut slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
    let mut left = slices.as_mut_slice();
    while !left.is_empty() {
        match rustix::io::pwritev(file, left, at) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                at += written as u64;
                IoSlice::advance_slices(&mut left, written);
            }
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Bytes of the disk that a file takes up, reserved ones included.
pub(crate) fn allocated(found: &Metadata) -> u64 {
    // In units of 512 bytes whatever the file system's block size (stat(2)).
    found.blocks().saturating_mul(512)
}

/// Fails if no file of this process may have this length.
pub(crate) fn check_length(length: u64) -> io::Result<()> {
    match getrlimit(Resource::Fsize).current {
        Some(limit) if limit < length => Err(Errno::FBIG.into()),
        _ => Ok(()),
    }
}

/// Reserves the room for `length` bytes, where the file system can.
pub(crate) fn reserve(file: &File, length: u64) -> io::Result<()> {
    match rustix::fs::fallocate(file, FallocateFlags::KEEP_SIZE, 0, length) {
        Err(error @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG)) => Err(error.into()),
        // Not every file system can; then the writes will tell.
        _ => Ok(()),
    }
}

/// Bytes that this user may still write; nothing where the file system does not count blocks, or has no such call.
pub(crate) fn free(path: &Path) -> io::Result<Option<u64>> {
    free_of(rustix::fs::statvfs(path))
}

/// The same, where an open folder is.
pub(crate) fn free_beside(folder: &File, _: &Path) -> io::Result<Option<u64>> {
    free_of(rustix::fs::fstatvfs(folder))
}

fn free_of(found: Result<StatVfs, Errno>) -> io::Result<Option<u64>> {
    match found {
        Ok(found) if found.f_blocks == 0 => Ok(None),
        Ok(found) => Ok(Some(found.f_bavail.saturating_mul(found.f_frsize))),
        Err(Errno::NOSYS | Errno::NOTSUP) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// File systems that write a name to the disk only after the bytes and the length of the file it is for, once both were
/// synced: ext2 to ext4, XFS, Btrfs, ZFS, F2FS, bcachefs, overlayfs (which lies on one of them), tmpfs. The numbers are the kernel's
/// (`linux/magic.h`).
const ORDERLY: [u32; 8] = [
    0x0000_ef53,
    0x5846_5342,
    0x9123_683e,
    0x2fc1_2fc1,
    0xf2f5_2010,
    0xca45_1a4e,
    0x794c_7630,
    0x0102_1994,
];

/// Whether the file system of a folder writes names after what they name.
pub(crate) fn is_orderly(folder: &File) -> bool {
    rustix::fs::fstatfs(folder).is_ok_and(|found| {
        // A signed word on some machines, and the numbers have 32 bits.
        let magic = (found.f_type & 0xffff_ffff).cast_unsigned();
        ORDERLY.iter().any(|known| u64::from(*known) == magic)
    })
}

/// Waits until the names in a folder are on the disk.
pub(crate) fn sync_folder(folder: &File) -> io::Result<()> {
    folder.sync_all()
}

/// Whether a sync failed because the file system has none (some shares, FUSE).
pub(crate) fn is_unknown_sync(error: &io::Error) -> bool {
    is_one_of(error, &[Errno::INVAL, Errno::NOTSUP, Errno::NOSYS])
}

/// Nobody who has a file open keeps others out.
pub(crate) fn is_held(_: &io::Error) -> bool {
    false
}

/// Whether a lock failed because the file system has none, or has lost its lock service.
pub(crate) fn is_unknown_lock(error: &io::Error) -> bool {
    let unknown = [Errno::NOLCK, Errno::NOTSUP, Errno::NOSYS, Errno::INVAL];
    is_one_of(error, &unknown)
}

fn is_one_of(error: &io::Error, known: &[Errno]) -> bool {
    Errno::from_io_error(error).is_some_and(|errno| known.contains(&errno))
}

/// Whether a write failed because nobody reads any more.
pub(crate) fn is_reader_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

// Processes and their limits.

/// What to do about too few open files.
pub(crate) const MORE_FILES: &str = "raise the limit (`ulimit -n`, LimitNOFILE= in a systemd unit, --ulimit nofile= of a container), or lower --jobs";

/// What to do about too few threads.
pub(crate) const MORE_THREADS: &str =
    "raise the limit (`ulimit -u`, TasksMax= in a systemd unit, --pids-limit of a container)";

/// What to do where a file may not be so large.
pub(crate) const LARGER_FILES: &str = "see `ulimit -f`; FAT32 can't hold files over 4 GiB: choose a folder on another file system, such as ext4 or exFAT";

/// macOS takes no more than this, whatever it says the limit is.
const MOST_FILES_OF_A_MAC: u64 = 10_240;

/// How many files this process may have open; nothing where there is no limit.
pub(crate) fn most_open_files() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// Raises the limit on open files as far as a process may do that by itself. Many systems start with 256 or 1024.
pub(crate) fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let as_high_as = |current| {
        let raised = Rlimit { current, ..limit };
        setrlimit(Resource::Nofile, raised)
    };
    let most = limit.maximum.unwrap_or(u64::MAX).min(MOST_FILES_OF_A_MAC);
    let has = limit.current.unwrap_or(u64::MAX);
    if as_high_as(limit.maximum).is_err() && most > has {
        let _ = as_high_as(Some(most));
    }
}

/// Whether an error says that no further file may be opened, by this process or at all.
pub(crate) fn is_about_open_files(error: &io::Error) -> bool {
    is_one_of(error, &[Errno::MFILE, Errno::NFILE])
}

/// Tells one start of the machine from the next; empty where the system has no such thing.
pub(crate) fn boot_id() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

/// In which namespace, such as a container, the process ids are that this process sees.
pub(crate) fn process_namespace() -> Option<String> {
    let link = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(link.to_string_lossy().into_owned())
}

/// When a process started, in ticks since the machine did; nothing when there is none, or only what its parent has not
/// taken note of yet.
pub(crate) fn process_started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in parentheses, which may hold anything (proc(5)).
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let is_dead = matches!(fields.first(), Some(&("Z" | "X")) | None);
    if is_dead {
        None
    } else {
        fields.get(19)?.parse().ok()
    }
}

/// The threads of this process, where the system tells.
pub(crate) fn running_threads() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/task").ok()?.count())
}

/// A program that was started, and the processes that it has started itself.
#[derive(Debug)]
pub(crate) struct ProcessGroup(Pid);

/// Those that [`end_process_groups`] ends.
static PROCESS_GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

impl ProcessGroup {
    /// Starts a program as the first of a group.
    pub(crate) fn start(
        program: &mut tokio::process::Command,
    ) -> io::Result<(tokio::process::Child, ProcessGroup)> {
        let child = program.process_group(0).spawn()?;
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let first = id.and_then(Pid::from_raw).ok_or(io::ErrorKind::NotFound)?;
        process_groups().push(first);
        Ok((child, ProcessGroup(first)))
    }

    /// Asks all of them to end, or ends them.
    pub(crate) fn end(&self, by_force: bool) {
        let signal = if by_force { Signal::KILL } else { Signal::TERM };
        // Who has gone already is no failure.
        let _ = kill_process_group(self.0, signal);
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        process_groups().retain(|first| *first != self.0);
    }
}

fn process_groups() -> MutexGuard<'static, Vec<Pid>> {
    PROCESS_GROUPS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// For a process that ends at once: what it has started must not stay behind.
pub(crate) fn end_process_groups() {
    for first in process_groups().iter() {
        let _ = kill_process_group(*first, Signal::KILL);
    }
}

/// Bytes that nobody can guess.
pub(crate) fn random() -> io::Result<[u8; 16]> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The words of a command line as a shell has them. Nothing when a quote is not closed.
pub(crate) fn split_words(text: &str) -> Option<Vec<String>> {
    shlex::split(text)
}

/// How a command is given that takes a shell.
pub(crate) const BY_A_SHELL: &str = "sh -c '…'";

/// Whether units of systemd are of any use.
pub(crate) const HAS_SYSTEMD: bool = true;

// Signals.

/// What is said of a run that was stopped from outside.
pub(crate) const HUNG_UP: &str = "stopped by SIGHUP";
pub(crate) const INTERRUPTED: &str = "stopped by SIGINT";
pub(crate) const TERMINATED: &str = "stopped by SIGTERM";

/// A write beyond the limit of the process (`ulimit -f`) then fails like any other, and does not kill. For as long as the
/// process lives; needs a runtime.
pub(crate) fn let_large_writes_fail() {
    let _ = signal(SignalKind::from_raw(Signal::XFSZ.as_raw()));
}

/// The signals that end a run.
pub(crate) struct StopSignals {
    hangup: Option<Signals>,
    interrupt: Option<Signals>,
    terminate: Option<Signals>,
}

impl StopSignals {
    pub(crate) fn listen() -> io::Result<StopSignals> {
        Ok(StopSignals {
            hangup: unless_ignored(SignalKind::hangup())?,
            interrupt: unless_ignored(SignalKind::interrupt())?,
            terminate: unless_ignored(SignalKind::terminate())?,
        })
    }

    /// The next one, as the exit code that it means.
    pub(crate) async fn next(&mut self) -> Exit {
        tokio::select! {
            () = received(&mut self.hangup) => Exit::HungUp,
            () = received(&mut self.interrupt) => Exit::Interrupted,
            () = received(&mut self.terminate) => Exit::Terminated,
        }
    }
}

/// What whoever started this process has it ignore stays ignored: `nohup` a SIGHUP, a script's `&` a SIGINT.
fn unless_ignored(kind: SignalKind) -> io::Result<Option<Signals>> {
    // Elsewhere than on Linux this can't be asked without unsafe code, and every signal is taken.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if is_ignored(&status, kind.as_raw_value()) {
        return Ok(None);
    }
    signal(kind).map(Some)
}

/// Whether the mask of ignored signals of a process, in Linux's words, has this one.
fn is_ignored(status: &str, number: i32) -> bool {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| (mask >> (number - 1)) & 1 == 1)
}

async fn received(signal: &mut Option<Signals>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

// The terminal.

/// Typed characters are not shown while this lives.
pub(crate) struct HiddenInput(Termios);

impl HiddenInput {
    /// Whether the end of the line is shown all the same.
    pub(crate) const SHOWS_LINE_END: bool = true;

    pub(crate) fn start() -> io::Result<HiddenInput> {
        let before = tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        // The end of the line is shown, so that what comes next begins a new one.
        hidden.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(io::stdin(), OptionalActions::Now, &hidden)?;
        Ok(HiddenInput(before))
    }
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// Who may read a file of a test.
#[cfg(test)]
pub(crate) fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_point_is_known_with_and_without_the_kernels_word() {
        let folder = tempfile::tempdir().unwrap();
        for is_mount_point in [is_mount_point, is_apart_from_its_parent] {
            assert!(is_mount_point(Path::new("/")).unwrap());
            assert!(is_mount_point(Path::new("/proc")).unwrap());
            assert!(!is_mount_point(folder.path()).unwrap());
        }
    }

    #[test]
    fn the_mask_tells_which_signals_are_ignored() {
        let status = "Name:\tx\nSigBlk:\t00000000000000ff\nSigIgn:\t0000000000000001\n";
        assert!(is_ignored(status, 1) && !is_ignored(status, 2));
        assert!(!is_ignored("", 1));
    }

    #[test]
    fn the_errors_of_both_limits_on_open_files_are_known() {
        for errno in [Errno::MFILE, Errno::NFILE] {
            assert!(is_about_open_files(&errno.into()));
        }
        assert!(!is_about_open_files(&Errno::NOSPC.into()));
    }
}
