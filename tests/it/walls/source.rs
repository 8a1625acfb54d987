//! The sources, read as the compiler reads them, without comments, strings, and what is compiled for tests only.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path such as `crate::http::Client`, or the name of a macro with its `!`.
pub(super) struct Name {
    pub(super) line: usize,
    pub(super) parts: Vec<String>,
    /// Where it is handed on (`pub use`), the name by which others find it there: `*` for all that are in it.
    pub(super) handed_on: Option<String>,
}

/// A file and what it names.
pub(super) struct File {
    /// Below `src`.
    pub(super) path: String,
    /// `download::queue`, in parts; none for `lib.rs`.
    pub(super) module: Vec<String>,
    pub(super) names: Vec<Name>,
}

pub(super) struct Source {
    pub(super) files: Vec<File>,
    modules: BTreeMap<Vec<String>, usize>,
}

pub(super) static SOURCE: LazyLock<Source> = LazyLock::new(Source::read);

impl Source {
    fn read() -> Source {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files: Vec<File> = paths(&root)
            .iter()
            .map(|path| path.strip_prefix(&root).expect("it is below"))
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .filter(|path| !path.components().any(|part| part.as_os_str() == "tests"))
            .filter(|path| !path.ends_with("tests.rs") && !path.ends_with("main.rs"))
            .map(|path| file(&root, path))
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let modules = files.iter().enumerate();
        let modules = modules
            .map(|(at, file)| (file.module.clone(), at))
            .collect();
        Source { files, modules }
    }

    /// The other file in which it stands what a file names, if that is one of ours.
    pub(super) fn target(&self, from: &File, name: &Name) -> Option<&File> {
        let to = self.resolve(&from.module, &name.parts)?;
        (to.path != from.path).then_some(to)
    }

    fn resolve(&self, module: &[String], parts: &[String]) -> Option<&File> {
        let mut at = module.to_vec();
        let mut rest = parts;
        while let Some((first, more)) = rest.split_first() {
            match first.as_str() {
                "crate" => at.clear(),
                "super" => drop(at.pop()),
                "self" => {}
                _ => break,
            }
            rest = more;
        }
        let is_ours = rest.len() < parts.len();
        let mut known = self.modules.get(&at);
        let mut deeper = false;
        while let Some((first, more)) = rest.split_first() {
            at.push(first.clone());
            let Some(found) = self.modules.get(&at) else {
                break;
            };
            (known, rest, deeper) = (Some(found), more, true);
        }
        if !is_ours && !deeper {
            return None;
        }
        let file = &self.files[*known?];
        let Some(item) = rest.first() else {
            return Some(file);
        };
        // What only goes through a front door stands in the room behind it.
        let by_name = |wanted: &str| {
            let mut names = file.names.iter();
            names.find(|name| name.handed_on.as_deref() == Some(wanted))
        };
        match by_name(item).or_else(|| by_name("*")) {
            Some(name) => self.resolve(&file.module, &name.parts).or(Some(file)),
            None => Some(file),
        }
    }
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the sources");
    let entries = entries.map(|entry| entry.expect("the sources").path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                paths(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

fn file(root: &Path, path: &Path) -> File {
    let text = fs::read_to_string(root.join(path)).expect("the sources");
    let tokens: TokenStream = text.parse().expect("Rust");
    let mut names = Vec::new();
    collect(tokens, &mut names);
    let path = path.to_str().expect("plain letters").to_owned();
    let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
    let module = module.split('/').filter(|part| *part != "lib");
    File {
        module: module.map(str::to_owned).collect(),
        path,
        names,
    }
}

/// Every path and macro among these tokens.
fn collect(tokens: TokenStream, names: &mut Vec<Name>) {
    let tokens = without_tests(tokens);
    let mut at = 0;
    while at < tokens.len() {
        let before = names.len();
        match &tokens[at] {
            TokenTree::Group(group) => {
                collect(group.stream(), names);
                at += 1;
            }
            TokenTree::Ident(_) => {
                let is_handed_on = is_handed_on(&tokens[..at]);
                at += path(&tokens[at..], &[], names);
                for name in names[before..].iter_mut().filter(|_| is_handed_on) {
                    name.handed_on = name.parts.last().cloned();
                }
            }
            _ => at += 1,
        }
    }
}

/// Without items under `#[cfg(test)]`.
fn without_tests(tokens: TokenStream) -> Vec<TokenTree> {
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        let is_for_tests = matches!(&token, TokenTree::Group(group)
            if group.delimiter() == Delimiter::Bracket && group.stream().to_string() == "cfg (test)");
        if !is_for_tests {
            kept.push(token);
            continue;
        }
        kept.pop();
        let _ = tokens.find(|token| match token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        });
    }
    kept
}

/// Whether these tokens end with `pub use` or `pub(crate) use`.
fn is_handed_on(before: &[TokenTree]) -> bool {
    let [.., first, second, third] = before else {
        return before.len() == 2 && is(&before[0], "pub") && is(&before[1], "use");
    };
    is(third, "use") && (is(second, "pub") || is(first, "pub"))
}

fn is(token: &TokenTree, word: &str) -> bool {
    token.to_string() == word
}

/// The path that begins here, all paths of it where it parts into `{…}`. How many tokens it has.
fn path(tokens: &[TokenTree], before: &[String], names: &mut Vec<Name>) -> usize {
    let mut parts = before.to_vec();
    let mut at = 0;
    let line = tokens[0].span().start().line;
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => parts.push(ident.to_string()),
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => parts.push("*".into()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for branch in inner.split(|token| is(token, ",")) {
                    if !branch.is_empty() {
                        path(branch, &parts, names);
                    }
                }
                return at + 1;
            }
            // A generic argument, or something else that is no part of it.
            _ => break,
        }
        at += 1;
        let is_parted = |at: usize| tokens.get(at).is_some_and(|token| is(token, ":"));
        if !(is_parted(at) && is_parted(at + 1)) {
            break;
        }
        at += 2;
    }
    if tokens.get(at).is_some_and(|token| is(token, "!")) && parts.len() == 1 {
        parts[0].push('!');
    }
    let is_path = parts.len() > 1 || parts.iter().any(|part| part.ends_with('!'));
    if is_path {
        names.push(Name {
            line,
            parts,
            handed_on: None,
        });
    }
    at.max(1)
}
