//! An object that is read by ranges, as a file is.

use std::io::{self, ErrorKind};

use super::folder::ObjectFolder;
use crate::integrity::ReadAt;

pub(crate) struct ObjectFile {
    object: ObjectFolder,
    size: u64,
}

impl ObjectFile {
    pub(crate) fn open(object: &ObjectFolder) -> io::Result<ObjectFile> {
        let found = object.bucket.head(&object.prefix)?;
        let found = found.ok_or(ErrorKind::NotFound)?;
        Ok(ObjectFile {
            object: object.clone(),
            size: found.size,
        })
    }
}

impl ReadAt for ObjectFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.size)
    }

    fn read_exact_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        let range = at..at + buffer.len() as u64;
        let bytes = self.object.bucket.read_range(&self.object.prefix, range)?;
        if bytes.len() != buffer.len() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        buffer.copy_from_slice(&bytes);
        Ok(())
    }
}
