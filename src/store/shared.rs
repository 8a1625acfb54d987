//! A small file that other programs read: changed in one step, by one run at a time.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::error::{During, StorageError};
use super::own::{read_own, refuse_unless_file};
use super::sys;

/// Longer files are none of ours.
const LARGEST: u64 = 4 << 20;

/// A run that holds the lock for longer than this has a dying disk, and others must not wait for it.
const PATIENCE: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Replaces the file by what `change` makes of it, and lets everybody read it. Its folder must exist. `change` is given nothing
/// where there is no file, and changes nothing by an error.
pub(crate) fn change_shared<E: From<StorageError>>(
    path: &Path,
    change: impl FnOnce(&[u8]) -> Result<String, E>,
) -> Result<(), E> {
    refuse_unless_file(path)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let _lock = lock(folder).during("opening the folder of", path)?;
    let old = read_own(path, LARGEST).during("reading", path)?;
    let new = change(&old.unwrap_or_default())?;
    replace(path, folder, new.as_bytes()).during("writing", path)?;
    Ok(())
}

/// Where the file system has no locks, or somebody does not let go, it goes on without.
fn lock(folder: &Path) -> io::Result<File> {
    let file = sys::open_to_lock(folder)?;
    let since = Instant::now();
    while let Err(std::fs::TryLockError::WouldBlock) = file.try_lock() {
        if since.elapsed() > PATIENCE {
            break;
        }
        sleep(LOOK_AGAIN);
    }
    Ok(file)
}

fn replace(path: &Path, folder: &Path, content: &[u8]) -> io::Result<()> {
    // With a name that no collector takes for a file to be read.
    let file = tempfile::Builder::new()
        .prefix(".backup-fetch-")
        .suffix(".new")
        .tempfile_in(sys::however_long(folder));
    let mut file = file?;
    file.write_all(content)?;
    sys::open_to_readers(file.as_file())?;
    file.as_file().sync_all()?;
    sys::persist(file, path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use std::fs;
    #[cfg(unix)]
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[derive(Debug)]
    struct Failed;

    impl From<StorageError> for Failed {
        fn from(_: StorageError) -> Failed {
            Failed
        }
    }

    impl From<Infallible> for Failed {
        fn from(never: Infallible) -> Failed {
            match never {}
        }
    }

    fn add_line(path: &Path) -> Result<(), Failed> {
        change_shared(path, |old| {
            Ok(format!("{}x\n", String::from_utf8_lossy(old)))
        })
    }

    #[test]
    fn no_change_is_lost_and_everybody_can_read_the_result() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.prom");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| add_line(&path).unwrap());
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap(), "x\n".repeat(8));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o644);
        }
    }

    #[test]
    fn what_is_no_file_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        {
            let path = folder.path().join("m.prom");
            symlink("elsewhere", &path).unwrap();
            assert!(add_line(&path).is_err());
            assert!(!folder.path().join("elsewhere").exists());
        }
        assert!(add_line(&folder.path().join("none/m.prom")).is_err());
        assert!(add_line(folder.path()).is_err());
    }
}
