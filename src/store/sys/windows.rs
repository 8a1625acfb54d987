//! Windows.
//!
//! There are no modes here: what is created inherits the access list of its folder, and nobody looks into that. A folder can't be
//! synced, and a link not be made through a handle. In return a file that is open to write, and a folder that is held, can't be
//! changed or taken away by anybody else: the system itself sees to that.

#![expect(
    clippy::unnecessary_wraps,
    reason = "the same functions as elsewhere, where they can fail"
)]

use std::ffi::{OsStr, OsString};
use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::{FileExt, FileTypeExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf, Prefix};
use std::process::Stdio;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::{NamedTempFile, TempPath};
use tokio::signal::windows as signals;
use winapi_util::HandleRef;
use winapi_util::file::{Information, information};
use windows_registry::CURRENT_USER;

use super::UsualFolder;
use crate::exit::Exit;

/// An open file, a standard stream, a socket.
pub(crate) use std::os::windows::io::AsHandle as AsStream;

// Numbers of the system (winbase.h, winnt.h, winerror.h, processthreadsapi.h).
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
const FILE_SHARE_READ: u32 = 1;
const FILE_SHARE_WRITE: u32 = 2;
const FILE_SHARE_DELETE: u32 = 4;
const FILE_ATTRIBUTE_DIRECTORY: u64 = 0x10;
const FILE_ATTRIBUTE_REPARSE_POINT: u64 = 0x400;
const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
const ENABLE_ECHO_INPUT: u32 = 4;
const ERROR_INVALID_FUNCTION: i32 = 1;
const ERROR_TOO_MANY_OPEN_FILES: i32 = 4;
const ERROR_ACCESS_DENIED: i32 = 5;
const ERROR_SHARING_VIOLATION: i32 = 32;
const ERROR_LOCK_VIOLATION: i32 = 33;
const ERROR_NOT_SUPPORTED: i32 = 50;
const ERROR_PIPE_NOT_CONNECTED: i32 = 233;
const ERROR_STOPPED_ON_SYMLINK: i32 = 681;
const WSAEMFILE: i32 = 10024;

/// With so many characters, and a name of a temporary file, a path may be too long for what does not know of long ones.
const LONG: usize = 200;

/// What scans files for viruses or fills an index opens a new file for a moment, and then lets go.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Opens, and tries again for as long as somebody else may have the file only for a moment.
fn patiently<T>(open: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    again_while(is_held, open)
}

/// The same for a change of names, which is denied, too, while somebody has mapped the file or has it open and about to go.
fn patiently_rename<T>(rename: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let is_denied = |error: &io::Error| is_held(error) || is_one_of(error, &[ERROR_ACCESS_DENIED]);
    again_while(is_denied, rename)
}

fn again_while<T>(
    is_passing: impl Fn(&io::Error) -> bool,
    mut attempt: impl FnMut() -> io::Result<T>,
) -> io::Result<T> {
    let since = Instant::now();
    loop {
        match attempt() {
            Err(error) if is_passing(&error) && since.elapsed() < PATIENCE => sleep(LOOK_AGAIN),
            outcome => return outcome,
        }
    }
}

/// Whether an error comes from somebody who has the file open, and lets nobody else.
pub(crate) fn is_held(error: &io::Error) -> bool {
    is_one_of(error, &[ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION])
}

// Where files are.

/// Goes along with a user from one machine to the next.
pub(crate) const CONFIG_FOLDER: UsualFolder = UsualFolder {
    variable: Some("APPDATA"),
    below_home: r"AppData\Roaming",
    name: "backup-fetch",
};
/// Tokens, and what was done on this machine.
pub(crate) const STATE_FOLDER: UsualFolder = UsualFolder {
    variable: Some("LOCALAPPDATA"),
    below_home: r"AppData\Local",
    name: "backup-fetch",
};
pub(crate) const CACHE_FOLDER: UsualFolder = UsualFolder {
    name: r"backup-fetch\cache",
    ..STATE_FOLDER
};

/// Whether a path holds what only a shell understands: `%NAME%`, `$env:NAME`. A `%` or `$` elsewhere may well be part of a name.
pub(crate) fn is_for_a_shell(path: &str) -> bool {
    let is_name = |text: &str| {
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_()".contains(&byte);
        !text.is_empty() && text.bytes().all(is_of_name)
    };
    let parts: Vec<&str> = path.split('%').collect();
    let between = parts.len().saturating_sub(1);
    let has_variable = parts[..between].iter().skip(1).any(|part| is_name(part));
    has_variable || path.to_ascii_lowercase().contains("$env:")
}

/// The name of a variable of the environment, which is the same in every case.
pub(crate) fn variable(name: &str) -> String {
    name.to_ascii_uppercase()
}

/// The path in a `file://` address, which has one more slash before the drive.
pub(crate) fn path_in_address(rest: &str) -> &Path {
    let path = rest.strip_prefix('/');
    let path = path.filter(|path| path.get(1..).is_some_and(|rest| rest.starts_with(':')));
    Path::new(path.unwrap_or(rest))
}

/// Whether the system takes an absolute path for a device: `NUL`, `C:\x\CON`, a pipe.
pub(crate) fn is_path_of_device(path: &Path) -> bool {
    let first = path.components().next();
    matches!(first, Some(Component::Prefix(prefix)) if matches!(prefix.kind(), Prefix::DeviceNS(_)))
}

/// What a person types to give a file another name, in either shell.
pub(crate) fn rename_command(from: &str, to: &str) -> String {
    format!("move \"{from}\" \"{to}\"")
}

/// Whether variables say where the certificates are: the system keeps them itself, and other programs use such variables.
pub(crate) const ASKS_FOR_CA_STORE: bool = false;

/// Starts what shows a page to the user. It takes the page as one argument, with no shell in between.
pub(crate) const BROWSER: &[&str] = &["rundll32", "url.dll,FileProtocolHandler"];

// Who may read what.

/// What is created has the access list of its folder.
pub(crate) fn make_files_private() {}

/// Whether the system shows by modes who may read a file. Where it does not, nobody looks.
pub(crate) const HAS_MODES: bool = false;

/// What this machine calls itself.
pub(crate) fn host_name() -> String {
    use winapi_util::sysinfo::{ComputerNameKind, get_computer_name};
    let name = get_computer_name(ComputerNameKind::DnsHostname);
    name.unwrap_or_default().to_string_lossy().into_owned()
}

/// Makes a folder and its parents, where they are missing.
pub(crate) fn create_private_folders(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// What is created is for whom its folder is.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Everybody who may read the folder can.
pub(crate) fn open_to_readers(_: &File) -> io::Result<()> {
    Ok(())
}

/// Nobody looks.
pub(crate) fn exposed_to_others(_: &Metadata) -> Option<u32> {
    None
}

/// Nobody looks.
pub(crate) fn exposed_to_all(_: &Metadata) -> Option<u32> {
    None
}

/// Fails unless this user may write there, as far as that can be known without a trial.
pub(crate) fn check_writable(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return check_writable_folder(path);
    }
    OpenOptions::new().write(true).open(path).map(drop)
}

/// Fails unless this user may create files in the folder. It is tried, with a file that goes at once: an access list is
/// judged by nobody but the system.
pub(crate) fn check_writable_folder(path: &Path) -> io::Result<()> {
    tempfile::tempfile_in(path).map(drop)
}

/// There are no mounts of secrets.
pub(crate) fn is_mounted_read_only(_: &Path) -> bool {
    false
}

/// Whether another volume is mounted on this folder, or it is the root of a drive.
pub(crate) fn is_mount_point(folder: &Path) -> io::Result<bool> {
    let folder = folder.canonicalize()?;
    let Some(parent) = folder.parent() else {
        return Ok(true);
    };
    let (own, parent) = (open_folder(&folder)?, open_folder(parent)?);
    Ok(information(&own)?.volume_serial_number() != information(&parent)?.volume_serial_number())
}

/// A drive may be there or not.
pub(crate) const ROOT_IS_ALWAYS_MOUNTED: bool = false;

// Which file it is.

/// `NUL` and its like.
pub(crate) fn is_device(kind: FileType) -> bool {
    !kind.is_file() && !kind.is_dir() && !kind.is_symlink()
}

/// There are no names of pipes that a shell makes.
pub(crate) fn is_stream(kind: FileType) -> bool {
    is_device(kind)
}

/// A file at one moment. Nobody else can write to it while it is open to write ([`open_alone`]), so its length is enough; the
/// time of change is written down whenever the system likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: u64,
    length: u64,
}

impl Stamp {
    pub(crate) fn of(file: &File) -> io::Result<Stamp> {
        let found = information(file)?;
        Ok(Stamp {
            inode: found.file_index(),
            length: found.file_size(),
        })
    }
}

/// Whether the file that is open is the one that lies under this name. A handle keeps its file, so no other one can
/// have the same number meanwhile.
pub(crate) fn is_at(path: &Path, file: &File) -> io::Result<bool> {
    match Found::at(path) {
        Ok(named) => Ok(named.is_same_as(Found::of(file)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether a file has no second name, under which it may be somebody else's, too.
pub(crate) fn has_one_name(file: &File) -> io::Result<bool> {
    Ok(information(file)?.number_of_links() == 1)
}

/// There is no journal of systemd.
pub(crate) fn journal_name(_: impl AsStream) -> Option<String> {
    None
}

/// Whether a file can't have such a name, because it means a device in every folder (`CON`, `nul.zip`), or the system drops its
/// end.
pub(crate) fn is_reserved_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_ascii_uppercase();
    let is_numbered = |device: &str| {
        let number = stem.strip_prefix(device);
        number.is_some_and(|number| ["1", "2", "3", "4", "5", "6", "7", "8", "9"].contains(&number))
    };
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&&*stem)
        || is_numbered("COM")
        || is_numbered("LPT")
        || name.ends_with(['.', ' '])
}

// Names.

/// Opens a file. A link in the last part of the path, or a folder that leads elsewhere, is refused: see [`is_refused_link`].
pub(crate) fn open_no_follow(options: &OpenOptions, path: &Path) -> io::Result<File> {
    let mut itself = options.clone();
    itself.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
    let opened = patiently(|| itself.open(path)).map_err(|error| because_of_kind(error, path))?;
    let found = opened.metadata()?;
    if found.is_symlink() {
        return Err(io::Error::from_raw_os_error(ERROR_STOPPED_ON_SYMLINK));
    }
    if information(&opened)?.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT == 0 {
        return Ok(opened);
    }
    // Not a link: bytes that the system keeps in its own way, in a cloud or without what other files have, too. Only
    // who opens it like any other file gets to see them.
    let is_it = Found::of(&opened)?;
    drop(opened);
    let mut options = options.clone();
    options.create_new(false).create(false).truncate(false);
    let opened = patiently(|| options.open(path))?;
    if Found::of(&opened)?.is_same_as(is_it) {
        Ok(opened)
    } else {
        Err(io::Error::from_raw_os_error(ERROR_STOPPED_ON_SYMLINK))
    }
}

/// What may not be opened as a file is perhaps none.
fn because_of_kind(error: io::Error, path: &Path) -> io::Error {
    match path.symlink_metadata() {
        Ok(found) if found.is_symlink() => io::Error::from_raw_os_error(ERROR_STOPPED_ON_SYMLINK),
        Ok(found) if found.is_dir() => io::ErrorKind::IsADirectory.into(),
        _ => error,
    }
}

/// Whether a link was refused on account of [`open_no_follow`].
pub(crate) fn is_refused_link(error: &io::Error) -> bool {
    is_one_of(error, &[ERROR_STOPPED_ON_SYMLINK])
}

/// Nobody else gets to write to what is opened, and where somebody does already it is not opened.
pub(crate) fn alone(options: &mut OpenOptions) -> &mut OpenOptions {
    options.share_mode(FILE_SHARE_READ | FILE_SHARE_DELETE)
}

/// Whether [`alone`] keeps others out.
pub(crate) const OPENS_ALONE: bool = true;

/// Opens a folder itself.
pub(crate) fn open_folder(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(FILE_FLAG_BACKUP_SEMANTICS);
    options.open(path)
}

/// Something to lock while files in the folder are changed: a file of its own, because folders have no locks. It is for one handle
/// alone, and goes with it.
pub(crate) fn open_to_lock(folder: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    options.share_mode(0);
    options.custom_flags(FILE_FLAG_DELETE_ON_CLOSE | FILE_FLAG_OPEN_REPARSE_POINT);
    let path = folder.join(".backup-fetch-changes.lock");
    // Denied while one that was closed is on its way out.
    patiently_rename(|| options.open(&path))
}

/// What shows whether the file system has locks, without making anything: nothing does.
pub(crate) fn open_to_try_locks(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

/// Renames, and never replaces anything: [`io::ErrorKind::AlreadyExists`].
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    let (from, to) = (however_long(from), however_long(to));
    patiently_rename(|| {
        let from = TempPath::try_from_path(&from)?;
        from.persist_noclobber(&to).map_err(|refused| {
            // Dropped, it would take the file along.
            let _ = refused.path.keep();
            refused.error
        })
    })
}

/// The path in the form in which it may be longer than 260 characters. What `std` does takes that form by itself.
pub(crate) fn however_long(path: &Path) -> PathBuf {
    if path.is_absolute() && path.as_os_str().len() < LONG {
        return path.to_owned();
    }
    let parent = path.parent().filter(|parent| *parent != Path::new(""));
    let parent = parent.unwrap_or(Path::new(".")).canonicalize();
    match (parent, path.file_name()) {
        (Ok(parent), Some(name)) => parent.join(name),
        _ => path.to_owned(),
    }
}

/// Renames, and takes the name from who has it.
pub(crate) fn rename_over(from: &Path, to: &Path) -> io::Result<()> {
    patiently_rename(|| std::fs::rename(from, to))
}

/// Gives a temporary file its name, and takes that from who has it.
pub(crate) fn persist(file: NamedTempFile, path: &Path) -> io::Result<File> {
    let path = however_long(path);
    let mut next = Some(file);
    patiently_rename(|| {
        let file = next.take().ok_or(io::ErrorKind::NotFound)?;
        file.persist(&path).map_err(|refused| {
            next = Some(refused.file);
            refused.error
        })
    })
}

/// Takes a name away at once. Without a name of its own to go under, a file that somebody has open would keep this one until it
/// is closed.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    let kind = path.symlink_metadata()?.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if kind.is_symlink_dir() {
        return std::fs::remove_dir(path);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let aside = path.with_file_name(format!(".{name}.gone"));
    let _ = std::fs::remove_file(&aside);
    match std::fs::rename(path, &aside) {
        Ok(()) => patiently_rename(|| std::fs::remove_file(&aside)),
        Err(_) => patiently_rename(|| std::fs::remove_file(path)),
    }
}

/// There is no such call.
pub(crate) fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// There is no such call.
pub(crate) fn link_new(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

// Below a folder that is held.

/// What has a name, as far as a removal needs to know it. A link is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) is_file: bool,
    pub(crate) is_folder: bool,
    pub(crate) length: u64,
    pub(crate) names: u64,
    /// The volume.
    pub(crate) device: u64,
    inode: u64,
}

impl Found {
    fn of(file: &File) -> io::Result<Found> {
        Ok(Found::from(
            &information(file)?,
            file.metadata()?.is_symlink(),
        ))
    }

    fn at(path: &Path) -> io::Result<Found> {
        Found::of(&look_at(path)?)
    }

    fn from(found: &Information, is_link: bool) -> Found {
        let is_folder = found.file_attributes() & FILE_ATTRIBUTE_DIRECTORY != 0;
        Found {
            is_file: !is_folder && !is_link,
            is_folder: is_folder && !is_link,
            length: found.file_size(),
            names: found.number_of_links(),
            device: found.volume_serial_number(),
            inode: found.file_index(),
        }
    }

    pub(crate) fn is_same_as(self, other: Found) -> bool {
        // Some shares have no number for the volume, and Wine forgets that of a file that was renamed.
        let is_told = self.device != 0 && other.device != 0;
        self.inode == other.inode && (self.device == other.device || !is_told)
    }
}

/// A handle that neither reads nor keeps anybody from anything.
fn look_at(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.access_mode(0);
    options.custom_flags(FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT);
    patiently(|| options.open(path))
}

/// A folder that can't be renamed or removed while this lives, and neither can those above it: its path leads to it.
pub(crate) struct HeldFolder {
    path: PathBuf,
    handle: File,
}

impl HeldFolder {
    pub(crate) fn open(path: &Path) -> io::Result<HeldFolder> {
        HeldFolder::with(path, FILE_FLAG_BACKUP_SEMANTICS)
    }

    fn with(path: &Path, flags: u32) -> io::Result<HeldFolder> {
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(flags);
        options.share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE);
        Ok(HeldFolder {
            handle: patiently(|| options.open(path))?,
            path: path.to_owned(),
        })
    }

    pub(crate) fn handle(&self) -> &File {
        &self.handle
    }

    pub(crate) fn found(&self) -> io::Result<Found> {
        Found::of(&self.handle)
    }

    /// What has this name.
    pub(crate) fn look(&self, name: &OsStr) -> io::Result<Found> {
        Found::at(&self.path.join(name))
    }

    /// A real folder.
    pub(crate) fn open_folder(&self, name: &OsStr) -> io::Result<HeldFolder> {
        let flags = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
        let folder = HeldFolder::with(&self.path.join(name), flags)?;
        let kind = folder.handle.metadata()?.file_type();
        if kind.is_symlink() {
            Err(io::Error::from_raw_os_error(ERROR_STOPPED_ON_SYMLINK))
        } else if kind.is_dir() {
            Ok(folder)
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    /// Opens to read. A link is refused.
    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        open_no_follow(OpenOptions::new().read(true), &self.path.join(name))
    }

    /// All names in the folder, in order.
    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let entries = std::fs::read_dir(&self.path)?;
        let names = entries.map(|entry| entry.map(|entry| entry.file_name()));
        let mut names = names.collect::<io::Result<Vec<_>>>()?;
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
        // This one lets it be renamed, and knows it afterwards: on FAT its number may be another then.
        let itself = look_at(&folder.path)?;
        drop(folder);
        let (from, to) = (self.path.join(from), self.path.join(to));
        rename_new(&from, &to)?;
        let renamed = HeldFolder::open(&to)?;
        if renamed.found()?.is_same_as(Found::of(&itself)?) {
            return Ok(Some(renamed));
        }
        drop(renamed);
        let _ = rename_new(&to, &from);
        Ok(None)
    }

    pub(crate) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        patiently_rename(|| std::fs::remove_file(self.path.join(name)))
    }

    /// An empty one, which must not be held any more.
    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        patiently_rename(|| std::fs::remove_dir(self.path.join(name)))
    }

    /// Fails unless this user may create files here, and so probably take them away.
    pub(crate) fn check_writable(&self) -> io::Result<()> {
        check_writable_folder(&self.path)
    }
}

// Bytes.

/// Fills the buffer from `at` on.
pub(crate) fn read_exact_at(file: &File, mut buffer: &mut [u8], mut at: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match file.seek_read(buffer, at) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                buffer = &mut buffer[read..];
                at += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Writes all of the pieces, one after the other, from `at` on.
pub(crate) fn write_all_at(file: &File, pieces: &[&[u8]], mut at: u64) -> io::Result<()> {
    for piece in pieces {
        let mut left = *piece;
        while !left.is_empty() {
            match file.seek_write(left, at) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    left = &left[written..];
                    at += written as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// Bytes of the disk that a file takes up: all up to its end, written or not.
pub(crate) fn allocated(found: &Metadata) -> u64 {
    found.len()
}

/// There is no such limit.
pub(crate) fn check_length(_: u64) -> io::Result<()> {
    Ok(())
}

/// What reserves room here changes the length, which tells how much was written. So the writes will tell.
pub(crate) fn reserve(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}

/// Bytes that this user may still write.
pub(crate) fn free(path: &Path) -> io::Result<Option<u64>> {
    fs4::available_space(however_long(path)).map(Some)
}

/// The same, where an open folder is.
pub(crate) fn free_beside(_: &File, path: &Path) -> io::Result<Option<u64>> {
    free(path)
}

/// A folder can't be synced, and the sync of a file takes its name along.
pub(crate) fn is_orderly(_: &File) -> bool {
    false
}

/// Waits until the names in a folder are on the disk: the sync of each file has seen to that.
pub(crate) fn sync_folder(_: &File) -> io::Result<()> {
    Ok(())
}

/// Whether a sync failed because the file system has none.
pub(crate) fn is_unknown_sync(error: &io::Error) -> bool {
    is_one_of(error, &[ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED])
}

/// Whether a lock failed because the file system has none.
pub(crate) fn is_unknown_lock(error: &io::Error) -> bool {
    is_one_of(error, &[ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED])
}

fn is_one_of(error: &io::Error, known: &[i32]) -> bool {
    let code = error.raw_os_error();
    code.is_some_and(|code| known.contains(&code))
}

/// Whether a write failed because nobody reads any more.
pub(crate) fn is_reader_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe || is_one_of(error, &[ERROR_PIPE_NOT_CONNECTED])
}

// Processes and their limits.

/// What to do about too few open files.
pub(crate) const MORE_FILES: &str = "lower --jobs";

/// What to do about too few threads.
pub(crate) const MORE_THREADS: &str = "end what else runs on this machine, or give it more memory";

/// What to do where a file may not be so large.
pub(crate) const LARGER_FILES: &str = "FAT32 can't hold files over 4 GiB: choose a folder on another file system, such as NTFS or exFAT";

/// There is no limit that could be asked for.
pub(crate) fn most_open_files() -> Option<u64> {
    None
}

/// There is none.
pub(crate) fn raise_open_files() {}

/// Whether an error says that no further file may be opened.
pub(crate) fn is_about_open_files(error: &io::Error) -> bool {
    is_one_of(error, &[ERROR_TOO_MANY_OPEN_FILES, WSAEMFILE])
}

/// What tells one start of the machine from the next: made up, and kept where the next start finds nothing. It is gone earlier when
/// the user logs off, and empty where it can't be kept: then only what was synced counts.
pub(crate) fn boot_id() -> String {
    fn id() -> Option<String> {
        let mut key = CURRENT_USER.options();
        key.read().write().create().volatile();
        let key = key.open(r"Software\backup-fetch\until-restart").ok()?;
        if let Ok(id) = key.get_string("id") {
            return Some(id);
        }
        let id = format!("{:032x}", u128::from_be_bytes(random().ok()?));
        key.set_string("id", id).ok()?;
        // Another process may have come at the same time.
        key.get_string("id").ok()
    }
    id().unwrap_or_default()
}

/// There are none that could be named.
pub(crate) fn process_namespace() -> Option<String> {
    None
}

/// Nobody needs to know: see [`alone`].
pub(crate) fn process_started(_: u32) -> Option<u64> {
    None
}

/// The system does not tell.
pub(crate) fn running_threads() -> Option<usize> {
    None
}

/// A program that was started, and the processes that it has started itself.
#[derive(Debug)]
pub(crate) struct ProcessGroup(u32);

/// Those that [`end_process_groups`] ends.
static PROCESS_GROUPS: Mutex<Vec<u32>> = Mutex::new(Vec::new());

impl ProcessGroup {
    /// Starts a program, which gets no Ctrl-C that is meant for this one.
    pub(crate) fn start(
        program: &mut tokio::process::Command,
    ) -> io::Result<(tokio::process::Child, ProcessGroup)> {
        let child = program.creation_flags(CREATE_NEW_PROCESS_GROUP).spawn()?;
        let first = child.id().ok_or(io::ErrorKind::NotFound)?;
        process_groups().push(first);
        Ok((child, ProcessGroup(first)))
    }

    /// Asks all of them to end, or ends them.
    pub(crate) fn end(&self, by_force: bool) {
        end_tree(self.0, by_force);
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        process_groups().retain(|first| *first != self.0);
    }
}

fn process_groups() -> MutexGuard<'static, Vec<u32>> {
    PROCESS_GROUPS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// For a process that ends at once: what it has started must not stay behind.
pub(crate) fn end_process_groups() {
    for first in process_groups().iter() {
        end_tree(*first, true);
    }
}

/// By the system's own program for it.
fn end_tree(first: u32, by_force: bool) {
    let mut program = std::process::Command::new("taskkill");
    program.args(["/T", "/PID", &first.to_string()]);
    if by_force {
        program.arg("/F");
    }
    program.stdin(Stdio::null());
    // Who has gone already is no failure.
    let _ = program.stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// Bytes that nobody can guess.
pub(crate) fn random() -> io::Result<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes)
}

/// The words of a command line as this system has them: a backslash belongs to a path. Quotes are double ones, or single ones around a
/// whole word, as in PowerShell. Nothing when one is not closed.
pub(crate) fn split_words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for character in text.chars() {
        let opens = character == '"' || (character == '\'' && word.is_none());
        match quote {
            Some(open) if open == character => quote = None,
            None if opens => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            None if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// How a command is given that takes a shell.
pub(crate) const BY_A_SHELL: &str = "cmd /c \"…\"";

/// Whether units of systemd are of any use.
pub(crate) const HAS_SYSTEMD: bool = false;

// Signals.

/// No write is answered with a signal.
pub(crate) fn let_large_writes_fail() {}

/// What is said of a run that was stopped from outside.
pub(crate) const HUNG_UP: &str = "stopped: its console was closed";
pub(crate) const INTERRUPTED: &str = "stopped by Ctrl-C";
pub(crate) const TERMINATED: &str = "stopped by Ctrl-Break or a shutdown";

/// The events of the console that end a run. Of the last three the system waits a few seconds for the process to end.
pub(crate) struct StopSignals {
    interrupt: signals::CtrlC,
    stop: signals::CtrlBreak,
    close: signals::CtrlClose,
    shutdown: signals::CtrlShutdown,
    /// Comes to a task in the background whoever logs off.
    _log_off: signals::CtrlLogoff,
}

impl StopSignals {
    pub(crate) fn listen() -> io::Result<StopSignals> {
        Ok(StopSignals {
            interrupt: signals::ctrl_c()?,
            stop: signals::ctrl_break()?,
            close: signals::ctrl_close()?,
            shutdown: signals::ctrl_shutdown()?,
            _log_off: signals::ctrl_logoff()?,
        })
    }

    /// The next one, as the exit code that it means.
    pub(crate) async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.stop.recv() => Exit::Terminated,
            _ = self.close.recv() => Exit::HungUp,
            _ = self.shutdown.recv() => Exit::Terminated,
        }
    }
}

// The terminal.

/// Typed characters are not shown while this lives.
pub(crate) struct HiddenInput(u32);

impl HiddenInput {
    /// Whether the end of the line is shown all the same.
    pub(crate) const SHOWS_LINE_END: bool = false;

    pub(crate) fn start() -> io::Result<HiddenInput> {
        let before = winapi_util::console::mode(HandleRef::stdin())?;
        winapi_util::console::set_mode(HandleRef::stdin(), before & !ENABLE_ECHO_INPUT)?;
        Ok(HiddenInput(before))
    }
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        let _ = winapi_util::console::set_mode(HandleRef::stdin(), self.0);
    }
}

/// Who may read a file of a test: there are no modes.
#[cfg(test)]
pub(crate) fn set_mode(_: &Path, _: u32) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_devices_are_reserved_with_every_ending_and_in_every_case() {
        for reserved in [
            "CON.zip",
            "nul.zip",
            "Com1.tar.zip",
            "LPT9",
            "aux",
            "a.",
            "b ",
        ] {
            assert!(is_reserved_name(reserved), "{reserved}");
        }
        for free in [
            "CONTACTS.zip",
            "COM10.zip",
            "COM.zip",
            "LPT0.zip",
            "Data_001.zip",
        ] {
            assert!(!is_reserved_name(free), "{free}");
        }
    }

    #[test]
    fn a_variable_in_a_path_is_known_and_odd_names_are_none() {
        for wrong in [
            r"%USERPROFILE%\x",
            r"C:\%A_B%",
            r"$env:TEMP\x",
            "%ProgramFiles(x86)%",
        ] {
            assert!(is_for_a_shell(wrong), "{wrong}");
        }
        for right in [
            r"\\server\share$\x",
            r"C:\50% of 100%",
            r"C:\$Recycle.Bin",
            "100%",
        ] {
            assert!(!is_for_a_shell(right), "{right}");
        }
    }

    #[test]
    fn an_address_of_a_file_has_a_drive() {
        for (rest, path) in [
            ("/C:/x", "C:/x"),
            ("/srv/x", "/srv/x"),
            ("server/x", "server/x"),
        ] {
            assert_eq!(path_in_address(rest), Path::new(path));
        }
    }

    #[test]
    fn a_device_is_known_by_its_absolute_path() {
        let is_device = |path| is_path_of_device(&std::path::absolute(path).unwrap());
        assert!(is_device("NUL") && is_device(r"\\.\pipe\x"));
        assert!(!is_device(r"C:\x") && !is_device("x") && !is_device(r"\\?\C:\x"));
    }

    #[test]
    fn a_backslash_belongs_to_a_path() {
        let words = |text| split_words(text).map(|words| words.join("|"));
        let command = r#"C:\bin\tell.exe "C:\a b\c" "" x"#;
        assert_eq!(words(command).unwrap(), r"C:\bin\tell.exe|C:\a b\c||x");
        let quoted = r#"tell.exe 'two words' it's "it's" ''"#;
        assert_eq!(words(quoted).unwrap(), "tell.exe|two words|it's|it's|");
        assert_eq!(words(r#""open"#), None);
        assert_eq!(words("'open"), None);
    }

    #[test]
    fn a_start_of_the_machine_has_one_id() {
        assert_eq!(boot_id().len(), 32);
        assert_eq!(boot_id(), boot_id());
    }

    #[test]
    fn who_writes_alone_keeps_other_writers_out_and_readers_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let mut options = OpenOptions::new();
        alone(options.write(true).create(true));
        let _file = options.open(&path).unwrap();
        let refused = OpenOptions::new().write(true).open(&path).unwrap_err();
        assert!(is_held(&refused), "{refused}");
        assert!(File::open(&path).is_ok());
    }

    #[test]
    fn a_rename_never_replaces_and_an_open_file_loses_its_name_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
        std::fs::write(&one, "1").unwrap();
        std::fs::write(&other, "2").unwrap();
        let refused = rename_new(&one, &other).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        let open = File::open(&other).unwrap();
        remove_file(&other).unwrap();
        rename_new(&one, &other).unwrap();
        assert!(!is_at(&other, &open).unwrap());
        assert_eq!(std::fs::read(&other).unwrap(), b"1");
        drop(open);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_no_file_to_remove_and_a_lock_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        let refused = remove_file(&inner).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::IsADirectory);
        drop(open_to_lock(&inner).unwrap());
        std::fs::remove_dir(&inner).unwrap();
    }

    #[test]
    fn a_path_may_be_long() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("d".repeat(150)).join("e".repeat(150));
        std::fs::create_dir_all(&deep).unwrap();
        let [one, other] = ["one", "other"].map(|name| deep.join(name));
        std::fs::write(&one, "1").unwrap();
        rename_new(&one, &other).unwrap();
        let file = NamedTempFile::new_in(however_long(&deep)).unwrap();
        persist(file, &other).unwrap();
        assert_eq!(std::fs::read(&other).unwrap(), b"");
        assert!(free(&deep).unwrap() > Some(0));
        remove_file(&other).unwrap();
    }
}
