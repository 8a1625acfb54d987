//! A small file system of its own for one test.

use std::path::PathBuf;
use std::process::Command;

use super::zoho::Zoho;

/// Under `out`, taken away again at the end. Needs [`Need::Mount`](super::tools::Need::Mount).
pub struct Mount(PathBuf);

impl Mount {
    pub fn new(zoho: &Zoho, options: &str) -> Mount {
        let out = zoho.home().join("out");
        std::fs::create_dir(&out).expect("it is ours");
        let mount = Mount(out);
        mount.set(options);
        mount
    }

    /// A folder of the stand-in's home, shown under `out` as well.
    pub fn bind(zoho: &Zoho, folder: &str) -> Mount {
        let out = zoho.home().join("out");
        std::fs::create_dir(&out).expect("it is ours");
        let mut command = Command::new("mount");
        command
            .arg("--bind")
            .arg(zoho.home().join(folder))
            .arg(&out);
        let output = command.output().expect("mount is there");
        assert!(output.status.success(), "{output:?}");
        Mount(out)
    }

    /// Mounts it, or mounts it again in another way.
    pub fn set(&self, options: &str) {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", options, "tmpfs"]);
        let output = command.arg(&self.0).output().expect("mount is there");
        assert!(output.status.success(), "{output:?}");
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
    }
}
