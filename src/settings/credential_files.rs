//! Where `login` keeps what it found out: secrets in files of their own, beside the configuration file, and the profile
//! that names them.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, value};

use super::keyring;
use super::secrets::{Secret, Source};
use crate::problem::Problem;
use crate::store::{Folder, StorageError, sys};

/// The place for one profile.
#[derive(Debug)]
pub(super) struct CredentialFiles {
    config: PathBuf,
    folder: PathBuf,
    profile: String,
}

/// A secret and the key it has in the profile.
pub(super) type Named<'a> = (&'static str, &'a SecretString);

/// Where it is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) files: Vec<PathBuf>,
    /// The profile that had to become the default, so that runs without --profile go on as before.
    pub(crate) made_default: Option<String>,
}

impl CredentialFiles {
    /// `config` is the configuration file, which need not be there.
    pub(super) fn new(config: &Path, profile: &str) -> Result<CredentialFiles, Problem> {
        let absolute = std::path::absolute(config).map_err(|error| {
            Problem::configuration(
                format!("{}: {error}", config.display()),
                "name a file with --config",
            )
        })?;
        let parent = absolute.parent().unwrap_or(Path::new("/"));
        // Two configurations in one folder must not share the secrets of profiles that have the same name.
        let credentials = match config.file_stem() {
            Some(stem) if stem != "config" => {
                format!("credentials-{}", stem.to_string_lossy())
            }
            _ => "credentials".to_owned(),
        };
        Ok(CredentialFiles {
            folder: parent.join(credentials).join(profile),
            config: absolute,
            profile: profile.to_owned(),
        })
    }

    pub(super) fn config(&self) -> &Path {
        &self.config
    }

    /// Whether a source of the profile is one that `login` made.
    pub(super) fn own(&self, source: &Source, secret: &Secret) -> bool {
        match source {
            Source::Keyring => true,
            Source::File(path) => *path == self.folder.join(secret.key),
            _ => false,
        }
    }

    /// Whether it is a file of ours that has gone.
    pub(super) fn lack(&self, source: &Source, secret: &Secret) -> bool {
        matches!(source, Source::File(path) if self.own(source, secret) && !path.exists())
    }

    /// What can be known before anything is written.
    pub(super) fn check(&self, keyring: bool) -> Result<(), Problem> {
        let is_plain = |name: &str| {
            name.len() <= 100
                && name.starts_with(|first: char| first.is_ascii_alphanumeric())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        if !is_plain(&self.profile) || sys::is_reserved_name(&self.profile) {
            return Err(Problem::configuration(
                format!(
                    "the profile name {:?} can't be the name of a folder",
                    self.profile
                ),
                "use letters, digits, dots, dashes and underscores",
            ));
        }
        if self.folder.to_str().is_none() {
            return Err(Problem::configuration(
                format!("{}: the path is not UTF-8", self.folder.display()),
                "choose another configuration file with --config",
            ));
        }
        let there = self.folder.ancestors().find(|folder| folder.exists());
        if let Some(there) = there
            && sys::check_writable(there).is_err()
        {
            return Err(Problem::configuration(
                format!("{}: not writable", there.display()),
                "check who owns it; or choose another configuration file with --config, or use --print",
            ));
        }
        if keyring { keyring::check() } else { Ok(()) }
    }

    /// Stores what was made, the secrets first: the profile never names what is not there. A file of a secret can only be
    /// read by its owner, and is replaced in one step.
    pub(super) fn keep(
        &self,
        keys: &[(&'static str, String)],
        hosts: &[String],
        secrets: &[Named<'_>],
        in_keyring: bool,
    ) -> anyhow::Result<Kept> {
        let mut files = Vec::new();
        if in_keyring {
            for (key, secret) in secrets {
                keyring::write(&self.profile, key, secret)?;
            }
        } else {
            let folder = Folder::create(&self.folder)?;
            for (key, secret) in secrets {
                folder.replace(key, format!("{}\n", secret.expose_secret()).as_bytes())?;
                files.push(self.folder.join(key));
            }
        }
        let made_default = self.keep_profile(keys, hosts, secrets, in_keyring)?;
        Ok(Kept {
            files,
            made_default,
        })
    }

    /// Writes the profile: `keys` as texts, `hosts` where there are any, and for each of `secrets` its source. Comments and
    /// order stay. Gives back the `default_profile` it had to name.
    fn keep_profile(
        &self,
        keys: &[(&'static str, String)],
        hosts: &[String],
        secrets: &[Named<'_>],
        in_keyring: bool,
    ) -> Result<Option<String>, StorageError> {
        let mut made_default = None;
        self.edit(|document| {
            made_default = name_default(document, &self.profile);
            let Some(profile) = profile_of(document, &self.profile, true) else {
                return;
            };
            for (key, text) in keys {
                set(profile, key, value(text.as_str()));
            }
            if !hosts.is_empty() {
                let list: toml_edit::Array = hosts.iter().map(String::as_str).collect();
                set(profile, "download_domain", value(list));
            }
            for (key, _) in secrets {
                let mut source = InlineTable::new();
                if in_keyring {
                    source.insert("keyring", true.into());
                } else {
                    let path = self.folder.join(key).display().to_string();
                    source.insert("file", path.into());
                }
                set(profile, key, value(source));
            }
        })?;
        Ok(made_default)
    }

    /// Removes these secrets (`true`: from the keyring), and their keys from the profile. Gives back what went.
    pub(super) fn forget(
        &self,
        secrets: &[(&'static str, bool)],
    ) -> Result<Vec<String>, StorageError> {
        let mut removed = Vec::new();
        if !secrets.is_empty() {
            self.edit(|document| {
                if let Some(profile) = profile_of(document, &self.profile, false) {
                    for (key, _) in secrets {
                        profile.remove(key);
                    }
                }
            })?;
        }
        for (key, in_keyring) in secrets {
            if *in_keyring {
                keyring::delete(&self.profile, key).map_err(|error| {
                    StorageError::new(
                        &self.config,
                        "forgetting a secret of the keyring",
                        io::Error::other(error),
                    )
                })?;
                removed.push(format!("{}/{key} from the keyring", self.profile));
                continue;
            }
            let path = self.folder.join(key);
            match sys::remove_file(&path) {
                Ok(()) => removed.push(path.display().to_string()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(StorageError::new(&path, "removing", error)),
            }
        }
        // Only when it is empty; what somebody else put there stays.
        let _ = std::fs::remove_dir(&self.folder);
        Ok(removed)
    }

    /// Changes the configuration file in one step: who reads it sees the old text or the new one.
    fn edit(&self, change: impl FnOnce(&mut DocumentMut)) -> Result<(), StorageError> {
        // A link to a file elsewhere stays a link.
        let target = self
            .config
            .canonicalize()
            .unwrap_or_else(|_| self.config.clone());
        let failed = |doing| {
            let target = target.clone();
            move |error| StorageError::new(&target, doing, error)
        };
        let (text, permissions) = match std::fs::read_to_string(&target) {
            Ok(text) => {
                let found = target.metadata().map_err(failed("reading"))?;
                (text, Some(found.permissions()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => (String::new(), None),
            Err(error) => return Err(failed("reading")(error)),
        };
        let mut document: DocumentMut = text
            .parse()
            .map_err(|_| failed("reading")(io::Error::other("it is no longer valid TOML")))?;
        change(&mut document);
        let folder = target.parent().unwrap_or(Path::new("/"));
        Folder::create(folder)?;
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(document.to_string().as_bytes())?;
            // Without them it is private, as it was made.
            if let Some(permissions) = permissions {
                file.as_file().set_permissions(permissions)?;
            }
            file.as_file().sync_all()?;
            sys::persist(file, &target)?;
            sys::sync_folder(&sys::open_folder(folder)?)
        };
        write().map_err(failed("writing"))
    }
}

/// A second profile would take away what the first one got without being named: then the first one is made the default.
fn name_default(document: &mut DocumentMut, profile: &str) -> Option<String> {
    if document.contains_key("default_profile") {
        return None;
    }
    let profiles = document.get("profiles")?.as_table_like()?;
    let names: Vec<String> = profiles.iter().map(|(name, _)| name.to_owned()).collect();
    let [first] = names.as_slice() else {
        return None;
    };
    if first == profile {
        return None;
    }
    let first = first.clone();
    document.insert("default_profile", value(first.as_str()));
    Some(first)
}

/// The table of a profile, made where it is missing and wanted.
fn profile_of<'a>(
    document: &'a mut DocumentMut,
    name: &str,
    make: bool,
) -> Option<&'a mut dyn TableLike> {
    if make && !document.contains_key("profiles") {
        let mut profiles = Table::new();
        profiles.set_implicit(true);
        document.insert("profiles", Item::Table(profiles));
    }
    let profiles = document.get_mut("profiles")?;
    let inline = profiles.is_inline_table();
    let profiles = profiles.as_table_like_mut()?;
    if make && !profiles.contains_key(name) {
        let table = if inline {
            value(InlineTable::new())
        } else {
            Item::Table(Table::new())
        };
        profiles.insert(name, table);
    }
    profiles.get_mut(name)?.as_table_like_mut()
}

/// Sets a key; the comments around one that is there stay.
fn set(profile: &mut dyn TableLike, key: &str, mut item: Item) {
    if let (Some(before), Some(after)) = (
        profile.get(key).and_then(Item::as_value),
        item.as_value_mut(),
    ) {
        *after.decor_mut() = before.decor().clone();
    }
    profile.insert(key, item);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str, profile: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.toml");
        std::fs::write(&config, text).unwrap();
        let store = CredentialFiles::new(&config, profile).unwrap();
        let keys = [
            ("dc", "eu".to_owned()),
            ("client_id", "1000.NEW".to_owned()),
        ];
        store.keep_profile(&keys, &[], &[], false).unwrap();
        std::fs::read_to_string(&config).unwrap()
    }

    #[test]
    fn comments_and_order_stay() {
        let text = "# mine\n[profiles.main] # here\njobs = 4 # four\nclient_id = \"1000.OLD\" # old\n\n# other\n[profiles.other]\n";
        assert_eq!(
            kept(text, "main"),
            "# mine\n[profiles.main] # here\njobs = 4 # four\nclient_id = \"1000.NEW\" # old\ndc = \"eu\"\n\n# other\n[profiles.other]\n"
        );
    }

    #[test]
    fn a_profile_written_in_one_line_stays_in_one_line() {
        assert_eq!(
            // The space before the brace belongs to the value, and stays with it.
            kept("profiles = { main = { jobs = 4 } }\n", "main").replace("4 ,", "4,"),
            "profiles = { main = { jobs = 4, dc = \"eu\", client_id = \"1000.NEW\" } }\n"
        );
    }

    #[test]
    fn a_second_profile_leaves_the_first_one_the_default() {
        let text = kept("[profiles.main]\njobs = 4\n", "other");
        assert!(text.starts_with("default_profile = \"main\"\n"), "{text}");
        assert!(!kept("[profiles.main]\n", "main").contains("default_profile"));
        assert!(!kept("", "main").contains("default_profile"));
    }
}
