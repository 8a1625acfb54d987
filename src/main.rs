//! The program: everything is in the library.

fn main() -> std::process::ExitCode {
    backup_fetch::run(std::env::args_os())
}
