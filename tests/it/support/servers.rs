//! Web servers that nobody here wrote: nginx, Apache and lighttpd, each with a configuration of its own in a temporary
//! folder, in the foreground, on a free port of loopback.

#![expect(clippy::print_stdout, reason = "a test that skips says so")]

use std::fmt::Write;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::bytes::Content;
use super::run::{Cli, GUARD, wait_until};
use super::tls::Tls;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Nginx,
    Apache,
    Lighttpd,
}

impl Kind {
    fn program(self) -> &'static str {
        match self {
            Kind::Nginx => "nginx",
            Kind::Apache => "apache2",
            Kind::Lighttpd => "lighttpd",
        }
    }

    /// Where the program is, if it is installed. Debian keeps servers out of a user's `PATH`.
    fn installed(self) -> Option<PathBuf> {
        ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"]
            .iter()
            .map(|folder| Path::new(folder).join(self.program()))
            .find(|path| path.is_file())
    }
}

/// A running server that serves the links and the files of one backup. Killed when dropped.
pub struct Server {
    folder: TempDir,
    child: Child,
    url: String,
    tls: Option<Tls>,
}

const LINKS: &str = "/crm/bulk/v8/backup/urls";
const FILES: &str = "/v2/crm/20061234567/backup/510000000099001";

impl Server {
    /// Starts it, or says that it is not installed.
    pub fn start(
        kind: Kind,
        tls: bool,
        files: &[(&str, Content)],
        bytes_a_second: Option<u64>,
    ) -> Option<Server> {
        let Some(program) = kind.installed() else {
            println!("skipped: {} not installed", kind.program());
            return None;
        };
        // Another program can take a port between its release here and the server's start.
        for _ in 0..5 {
            let server = Server::launch(kind, &program, tls, files, bytes_a_second);
            if server.is_some() {
                return server;
            }
        }
        panic!("{} does not start", kind.program());
    }

    fn launch(
        kind: Kind,
        program: &Path,
        tls: bool,
        files: &[(&str, Content)],
        bytes_a_second: Option<u64>,
    ) -> Option<Server> {
        let folder = TempDir::new().expect("a temporary folder");
        // Workers that run as somebody else must get in.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let tls = tls.then(Tls::new);
        let url = format!(
            "{}://127.0.0.1:{port}",
            if tls.is_some() { "https" } else { "http" }
        );
        write_root(&folder.path().join("root"), &url, files);
        if let Some(tls) = &tls {
            fs::write(folder.path().join("certificate.pem"), &tls.certificate_pem)
                .expect("it is ours");
            fs::write(folder.path().join("key.pem"), &tls.key_pem).expect("it is ours");
        }
        let config = folder.path().join("server.conf");
        let text = match kind {
            Kind::Nginx => nginx(folder.path(), port, tls.is_some(), bytes_a_second),
            Kind::Apache => apache(folder.path(), port, tls.is_some()),
            Kind::Lighttpd => lighttpd(folder.path(), port),
        };
        fs::write(&config, text).expect("it is ours");
        let mut command = Command::new(program);
        match kind {
            Kind::Nginx => command.arg("-c").arg(&config),
            Kind::Apache => command.arg("-DFOREGROUND").arg("-f").arg(&config),
            Kind::Lighttpd => command.arg("-D").arg("-f").arg(&config),
        };
        let log = fs::File::create(folder.path().join("start.log")).expect("it is ours");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("an installed program starts");
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = child.try_wait().ok().flatten().is_some();
            if ended || since.elapsed() > GUARD {
                let log = fs::read_to_string(folder.path().join("start.log")).unwrap_or_default();
                println!("{}: {log}", program.display());
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(Server {
            folder,
            child,
            url,
            tls,
        })
    }

    /// The program, set up to talk to this server.
    pub fn cli(&self, home: &Path) -> Cli {
        let mut cli = Cli::new(home)
            .env("ZOHO_API_DOMAIN", &self.url)
            .env("ZOHO_ACCOUNTS_URL", &self.url)
            .env("ZOHO_DOWNLOAD_DOMAIN", &self.url)
            .env("ZOHO_ACCESS_TOKEN", "1000.not.asked.for");
        if let Some(tls) = &self.tls {
            cli = cli
                .always("--ca-cert")
                .always(tls.ca_file().display().to_string());
        }
        cli
    }

    /// Status and range of every request for a zip, as the server itself logged them: `200 -`, `206 bytes=0-9`. Servers
    /// may keep their log in memory for a while, so it is waited for until the list of links was read `lists` times.
    pub fn served(&self, lists: usize) -> Vec<String> {
        let path = self.folder.path().join("access.log");
        let read = || fs::read_to_string(&path).unwrap_or_default();
        wait_until("the log tells of all requests", || {
            read().matches(LINKS).count() >= lists
        });
        read()
            .lines()
            .filter_map(|line| line.split_once(".zip "))
            .map(|(_, rest)| rest.to_owned())
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Politely first: a master that is killed leaves its workers behind.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let since = Instant::now();
        while self.child.try_wait().ok().flatten().is_none() {
            if since.elapsed() > Duration::from_secs(5) {
                let _ = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The reply with links, and the zips.
fn write_root(root: &Path, url: &str, files: &[(&str, Content)]) {
    let place = |path: &str| root.join(path.trim_start_matches('/'));
    fs::create_dir_all(place(FILES)).expect("it is ours");
    let mut data = Vec::new();
    for (name, content) in files {
        let mut out = fs::File::create(place(FILES).join(name)).expect("it is ours");
        let mut at = 0;
        let mut buffer = vec![0; 1 << 20];
        while at < content.len() {
            let step = usize::try_from(content.len() - at)
                .map_or(buffer.len(), |left| left.min(buffer.len()));
            content
                .read_at(at, &mut buffer[..step])
                .expect("content can be read");
            std::io::Write::write_all(&mut out, &buffer[..step]).expect("room on the disk");
            at += step as u64;
        }
        data.push(format!("{url}{FILES}/{name}"));
    }
    let expiry = chrono::Utc::now() + chrono::TimeDelta::days(7);
    let links = serde_json::json!({
        "urls": {"data_links": data, "attachment_links": [], "expiry_date": expiry.to_rfc3339()}
    });
    let path = place(LINKS);
    fs::create_dir_all(path.parent().expect("it has one")).expect("it is ours");
    fs::write(path, links.to_string()).expect("it is ours");
}

fn nginx(folder: &Path, port: u16, tls: bool, bytes_a_second: Option<u64>) -> String {
    let folder = folder.display();
    let mut text = format!(
        "daemon off; worker_processes 2; pid {folder}/pid; error_log stderr;\n\
         events {{}}\n\
         http {{\n\
         log_format plain '$uri $status $http_range';\n\
         access_log {folder}/access.log plain;\n\
         default_type application/octet-stream;\n"
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        let _ = writeln!(text, "{kind}_temp_path {folder}/temp;");
    }
    let (ssl, keys) = if tls {
        (
            " ssl",
            format!(
                "ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;"
            ),
        )
    } else {
        ("", String::new())
    };
    let limit = bytes_a_second.map_or_else(String::new, |rate| format!("limit_rate {rate};"));
    let _ = writeln!(
        text,
        "server {{ listen 127.0.0.1:{port}{ssl}; {keys} {limit} root {folder}/root;\n\
         location = {LINKS} {{ default_type application/json; }} }}\n}}"
    );
    text
}

fn apache(folder: &Path, port: u16, tls: bool) -> String {
    let folder = folder.display();
    let mut text = format!(
        "ServerRoot {folder}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {folder}/pid\n"
    );
    for module in ["mpm_event", "authz_core", "mime", "ssl", "socache_shmcb"] {
        let _ = writeln!(
            text,
            "LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so"
        );
    }
    if rustix::process::geteuid().is_root() {
        text.push_str("User www-data\nGroup www-data\n");
    }
    let _ = writeln!(
        text,
        "ErrorLog /dev/null\nTypesConfig /dev/null\nDocumentRoot {folder}/root\n\
         LogFormat \"%U %>s %{{Range}}i\" plain\nCustomLog {folder}/access.log plain\n\
         <Location {LINKS}>\nForceType application/json\n</Location>"
    );
    if tls {
        let _ = writeln!(
            text,
            "SSLEngine on\nSSLCertificateFile {folder}/certificate.pem\nSSLCertificateKeyFile {folder}/key.pem"
        );
    }
    text
}

fn lighttpd(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        "server.document-root = \"{folder}/root\"\nserver.bind = \"127.0.0.1\"\nserver.port = {port}\n\
         server.modules = (\"mod_accesslog\")\n\
         accesslog.filename = \"{folder}/access.log\"\naccesslog.format = \"%U %s %{{Range}}i\"\n\
         mimetype.assign = (\"/urls\" => \"application/json\", \".zip\" => \"application/zip\")\n"
    )
}
