//! Zips by the crates `zip`, `async_zip` and `rawzip`: `backup-fetch-zip-writers SOURCES OUT SUFFIX [MODE]`

use std::error::Error;
use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use async_zip::base::write::ZipFileWriter;
use async_zip::{Compression, ZipEntryBuilder};
use flate2::write::DeflateEncoder;
use futures_lite::future::block_on;
use futures_lite::io::AsyncWriteExt;
use zip::write::{SimpleFileOptions, ZipWriter};

type Done<T> = Result<T, Box<dyn Error>>;
type Write1 = Box<dyn Fn(&Path, &[Source]) -> Done<()>>;

/// A file, or a folder with a slash behind its name.
struct Source {
    name: String,
    data: Vec<u8>,
}

impl Source {
    fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }
}

fn main() -> Done<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [sources, out, suffix, only @ ..] = &arguments[..] else {
        return Err("usage: SOURCES OUT SUFFIX [MODE]".into());
    };
    let mut found = Vec::new();
    collect(Path::new(sources), Path::new(sources), &mut found)?;
    for (mode, write) in modes() {
        if only.is_empty() || only.contains(&mode) {
            let target: PathBuf = [out, &format!("{mode}{suffix}.zip")].iter().collect();
            write(&target, &found)?;
        }
    }
    Ok(())
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) -> Done<()> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        let name = path
            .strip_prefix(root)?
            .to_str()
            .ok_or("no UTF-8")?
            .to_owned();
        if path.is_dir() {
            found.push(Source {
                name: format!("{name}/"),
                data: Vec::new(),
            });
            collect(root, &path, found)?;
        } else {
            let data = fs::read(&path)?;
            found.push(Source { name, data });
        }
    }
    Ok(())
}

fn modes() -> Vec<(String, Write1)> {
    let mut modes: Vec<(String, Write1)> = Vec::new();
    for (packing, deflated) in [("deflated", true), ("stored", false)] {
        for (form, large) in [("", false), ("-zip64", true)] {
            modes.push((
                format!("zip-crate-seek-{packing}{form}"),
                Box::new(move |target, sources| by_zip_seeking(target, sources, deflated, large)),
            ));
            modes.push((
                format!("zip-crate-stream-{packing}{form}"),
                Box::new(move |target, sources| by_zip_streaming(target, sources, deflated, large)),
            ));
        }
        for (form, zip64) in [("", false), ("-zip64", true)] {
            modes.push((
                format!("async-zip-whole-{packing}{form}"),
                Box::new(move |target, sources| {
                    by_async_zip(target, sources, deflated, true, zip64)
                }),
            ));
            modes.push((
                format!("async-zip-stream-{packing}{form}"),
                Box::new(move |target, sources| {
                    by_async_zip(target, sources, deflated, false, zip64)
                }),
            ));
        }
        modes.push((
            format!("rawzip-{packing}"),
            Box::new(move |target, sources| by_rawzip(target, sources, deflated)),
        ));
    }
    modes.push(("zip-crate-appended".to_owned(), Box::new(by_zip_appending)));
    modes
}

fn options(deflated: bool, large: bool) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(if deflated {
            zip::CompressionMethod::Deflated
        } else {
            zip::CompressionMethod::Stored
        })
        .large_file(large)
}

fn by_zip_seeking(target: &Path, sources: &[Source], deflated: bool, large: bool) -> Done<()> {
    let mut zip = ZipWriter::new(File::create(target)?);
    for source in sources {
        if source.is_folder() {
            zip.add_directory(&*source.name, options(deflated, large))?;
        } else {
            zip.start_file(&*source.name, options(deflated, large))?;
            zip.write_all(&source.data)?;
        }
    }
    zip.finish()?;
    Ok(())
}

fn by_zip_streaming(target: &Path, sources: &[Source], deflated: bool, large: bool) -> Done<()> {
    let mut zip = ZipWriter::new_stream(File::create(target)?);
    for source in sources {
        if source.is_folder() {
            zip.add_directory(&*source.name, options(deflated, large))?;
        } else {
            zip.start_file(&*source.name, options(deflated, large))?;
            zip.write_all(&source.data)?;
        }
    }
    zip.finish()?;
    Ok(())
}

/// In two goes, the second of which writes over the directory of the first.
fn by_zip_appending(target: &Path, sources: &[Source]) -> Done<()> {
    by_zip_seeking(target, sources, true, false)?;
    let mut whole = Cursor::new(fs::read(target)?);
    let mut zip = ZipWriter::new_append(&mut whole)?;
    zip.start_file("Later.csv", options(true, false))?;
    zip.write_all(b"1,2,3\n")?;
    zip.finish()?;
    fs::write(target, whole.into_inner())?;
    Ok(())
}

fn by_async_zip(
    target: &Path,
    sources: &[Source],
    deflated: bool,
    whole: bool,
    zip64: bool,
) -> Done<()> {
    let data = block_on(async {
        let mut zip = ZipFileWriter::new(Vec::new());
        if zip64 {
            zip = zip.force_zip64();
        }
        for source in sources {
            let compression = if deflated && !source.is_folder() {
                Compression::Deflate
            } else {
                Compression::Stored
            };
            let entry = ZipEntryBuilder::new(source.name.clone().into(), compression);
            if whole || source.is_folder() {
                zip.write_entry_whole(entry, &source.data).await?;
            } else {
                let mut stream = zip.write_entry_stream(entry).await?;
                stream.write_all(&source.data).await?;
                stream.close().await?;
            }
        }
        zip.close().await
    })?;
    fs::write(target, data)?;
    Ok(())
}

fn by_rawzip(target: &Path, sources: &[Source], deflated: bool) -> Done<()> {
    let mut zip = rawzip::ZipArchiveWriter::new(File::create(target)?);
    for source in sources {
        if source.is_folder() {
            zip.new_dir(&*source.name).create()?;
            continue;
        }
        let file = zip.new_file(&*source.name);
        if deflated {
            let (mut entry, config) = file
                .compression_method(rawzip::CompressionMethod::DEFLATE)
                .start()?;
            let encoder = DeflateEncoder::new(&mut entry, flate2::Compression::default());
            let mut writer = config.wrap(encoder);
            writer.write_all(&source.data)?;
            let (encoder, descriptor) = writer.finish()?;
            encoder.finish()?;
            entry.finish(descriptor)?;
        } else {
            let (mut entry, config) = file.start()?;
            let mut writer = config.wrap(&mut entry);
            writer.write_all(&source.data)?;
            let (_, descriptor) = writer.finish()?;
            entry.finish(descriptor)?;
        }
    }
    zip.finish()?;
    Ok(())
}
