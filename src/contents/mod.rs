//! What the zips of a set hold: the tables of modules, the attachments and their index, and how that changed.

#![allow(dead_code)]

mod csv;
