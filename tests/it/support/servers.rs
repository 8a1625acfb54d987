//! Web servers that nobody here wrote, as a Zoho with nothing behind it: a static list of links and the files it names.
//! Each runs in the foreground, in a folder of its own, as whoever runs the test, and goes when its value goes.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

use super::backup::Backup;
use super::bytes::{Content, MIB};
use super::run::{Cli, signal, wait_until};
use super::tls::Tls;
use super::tools::find;

const LIST: &str = "/crm/bulk/v8/backup/urls";
const FILES: &str = "/v2/crm/757345985/backup/4876876000001594004";
const SET: &str = "757345985-4876876000001594004";

/// Larger than the largest piece, so that it is split.
pub const LARGE: &str = "Attachments_002.zip";
const LARGE_SIZE: u64 = 24 * MIB;

static BACKUP: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let small = Backup::small().files.into_iter();
    let large = (LARGE.to_owned(), Content::stored_zip(7, LARGE_SIZE));
    let files = small.chain([large]);
    files
        .map(|(name, content)| (name, content.to_vec()))
        .collect()
});

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Software {
    Nginx,
    /// With at most so many bytes a second for each connection.
    SlowNginx(u64),
    Apache,
    Lighttpd,
}

/// One line of the access log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    pub status: u16,
    pub path: String,
    pub range: Option<String>,
    pub if_range: Option<String>,
    token: String,
}

impl Served {
    pub fn is_for(&self, name: &str) -> bool {
        self.path.rsplit('/').next() == Some(name)
    }
}

pub struct Server {
    child: Child,
    folder: TempDir,
    base: String,
    tls: Option<Tls>,
}

impl Server {
    /// Over TLS with an authority of its own, if `secure`. Needs its [`program`](Software::program).
    pub fn start(software: Software, secure: bool) -> Server {
        let program = find(software.program()).expect("it was asked for");
        // The port is free when it is chosen, and may be taken by another process a moment later.
        for _ in 0..10 {
            if let Some(server) = Server::try_start(software, &program, secure) {
                return server;
            }
        }
        panic!("{} does not start", software.program());
    }

    fn try_start(software: Software, program: &Path, secure: bool) -> Option<Server> {
        let folder = TempDir::new().expect("a temporary folder");
        let root = folder.path().display().to_string();
        // A server that is started by root serves as somebody else.
        open_to_all(folder.path());
        let port = free_port();
        let scheme = if secure { "https" } else { "http" };
        let base = format!("{scheme}://127.0.0.1:{port}");
        write_files(folder.path(), &base);
        let tls = secure.then(Tls::new);
        if let Some(tls) = &tls {
            write(folder.path().join("certificate.pem"), &tls.certificate_pem);
            write(folder.path().join("key.pem"), &tls.key_pem);
        }
        write(
            folder.path().join("server.conf"),
            software.config(&root, port, secure),
        );
        let said = fs::File::create(folder.path().join("said.log")).expect("a temporary file");
        let child = Command::new(program)
            .args(software.arguments(&root))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .expect("it is there");
        let mut server = Server {
            child,
            folder,
            base,
            tls,
        };
        server.is_up().then_some(server)
    }

    /// All of them write their process id when they listen, and end when they cannot.
    fn is_up(&mut self) -> bool {
        let pid = self.folder.path().join("server.pid");
        let mut up = false;
        wait_until("the server listens or ends", || {
            up = fs::read(&pid).is_ok_and(|pid| pid.ends_with(b"\n"));
            up || self.child.try_wait().expect("it is ours").is_some()
        });
        if !up {
            let said = fs::read_to_string(self.folder.path().join("said.log"));
            let _ = writeln!(std::io::stderr(), "{}", said.unwrap_or_default());
        }
        up
    }

    /// The binary, talking to this server. The server asks for a token that begins with `test-`, and logs it.
    pub fn cli(&self, token: &str) -> Cli {
        let home = self.folder.path().join("home");
        fs::create_dir_all(&home).expect("a temporary folder");
        let cli = Cli::new(&home)
            .env("ZOHO_API_DOMAIN", &self.base)
            .env("ZOHO_DOWNLOAD_DOMAIN", &self.base)
            .env("ZOHO_ACCESS_TOKEN", format!("test-{token}"))
            .always("--retry-wait")
            .always("1ms");
        match &self.tls {
            Some(tls) => cli
                .always("--ca-cert")
                .always(tls.ca_file().display().to_string()),
            None => cli,
        }
    }

    /// The links it lists.
    pub fn links(&self) -> Vec<String> {
        let names = BACKUP.iter().map(|(name, _)| name);
        names
            .map(|name| format!("{}{FILES}/{name}", self.base))
            .collect()
    }

    /// Where `--out out` saves them.
    pub fn saved(&self) -> PathBuf {
        self.folder.path().join("home/out").join(SET)
    }

    /// Whether what is saved is what is served, byte for byte.
    pub fn is_saved(&self) -> bool {
        BACKUP
            .iter()
            .all(|(name, bytes)| fs::read(self.saved().join(name)).is_ok_and(|it| it == *bytes))
    }

    /// Ends it, so that its log is whole, and says what it served to a token.
    pub fn stop(&mut self, token: &str) -> Vec<Served> {
        signal(self.child.id(), "TERM");
        wait_until("the server ends", || {
            self.child.try_wait().expect("it is ours").is_some()
        });
        let log = fs::read_to_string(self.folder.path().join("access.log")).expect("an access log");
        let mut lines: Vec<Served> = log.lines().map(parse).collect();
        lines.retain(|line| line.token == format!("Zoho-oauthtoken test-{token}"));
        lines
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Software {
    pub fn program(self) -> &'static str {
        match self {
            Software::Nginx | Software::SlowNginx(_) => "nginx",
            Software::Apache => "apache2",
            Software::Lighttpd => "lighttpd",
        }
    }

    fn arguments(self, root: &str) -> Vec<String> {
        let words = match self {
            Software::Nginx | Software::SlowNginx(_) => "-e stderr -p ROOT -c ROOT/server.conf",
            // One process, so that no child of it can stay behind.
            Software::Apache => "-X -d ROOT -f ROOT/server.conf",
            Software::Lighttpd => "-D -f ROOT/server.conf",
        };
        words
            .split(' ')
            .map(|word| word.replace("ROOT", root))
            .collect()
    }

    fn config(self, root: &str, port: u16, secure: bool) -> String {
        let (template, tls) = match self {
            Software::Nginx | Software::SlowNginx(_) => (NGINX, NGINX_TLS),
            Software::Apache => (APACHE, APACHE_TLS),
            Software::Lighttpd => (LIGHTTPD, ""),
        };
        assert!(!secure || !tls.is_empty(), "not set up for TLS");
        let mut config = template.replace("TLS_LINES", if secure { tls } else { "" });
        config = config.replace("IF_TLS", if secure { "ssl" } else { "" });
        let rate = match self {
            Software::SlowNginx(rate) => rate,
            _ => 0,
        };
        config = config.replace("LIMIT_RATE", &rate.to_string());
        config
            .replace("ROOT", root)
            .replace("PORT", &port.to_string())
            .replace("LIST", LIST)
    }
}

const NGINX: &str = r#"
daemon off;
master_process off;
pid ROOT/server.pid;
events {}
http {
  log_format parts '$status|$uri|$http_range|$http_if_range|$http_authorization';
  access_log ROOT/access.log parts;
  client_body_temp_path ROOT/body;
  proxy_temp_path ROOT/proxy;
  fastcgi_temp_path ROOT/fastcgi;
  uwsgi_temp_path ROOT/uwsgi;
  scgi_temp_path ROOT/scgi;
  sendfile on;
  gzip on;
  gzip_types *;
  default_type application/zip;
  server {
    listen 127.0.0.1:PORT IF_TLS;
    TLS_LINES
    root ROOT/files;
    limit_rate LIMIT_RATE;
    if ($http_authorization !~ "^Zoho-oauthtoken test-") { return 401; }
    location = LIST { default_type application/json; }
  }
}
"#;
const NGINX_TLS: &str = "ssl_certificate ROOT/certificate.pem; ssl_certificate_key ROOT/key.pem;";

const APACHE: &str = r#"
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule filter_module /usr/lib/apache2/modules/mod_filter.so
LoadModule deflate_module /usr/lib/apache2/modules/mod_deflate.so
ServerName 127.0.0.1
Listen 127.0.0.1:PORT
PidFile ROOT/server.pid
ErrorLog ROOT/error.log
User #65534
Group #65534
TLS_LINES
LogFormat "%>s|%U|%{Range}i|%{If-Range}i|%{Authorization}i" parts
CustomLog ROOT/access.log parts
DocumentRoot ROOT/files
SetOutputFilter DEFLATE
<Location "/">
  ForceType application/zip
  Require expr %{HTTP:Authorization} =~ m#^Zoho-oauthtoken test-#
</Location>
<Location "LIST">
  ForceType application/json
</Location>
"#;
const APACHE_TLS: &str = "
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
SSLEngine on
SSLSessionCache none
SSLCertificateFile ROOT/certificate.pem
SSLCertificateKeyFile ROOT/key.pem";

const LIGHTTPD: &str = r#"
server.modules = ("mod_access", "mod_accesslog")
server.bind = "127.0.0.1"
server.port = PORT
server.pid-file = "ROOT/server.pid"
server.errorlog = "ROOT/error.log"
server.document-root = "ROOT/files"
accesslog.filename = "ROOT/access.log"
accesslog.format = "%s|%U|%{Range}i|%{If-Range}i|%{Authorization}i"
mimetype.assign = (".zip" => "application/zip", "" => "application/json")
$REQUEST_HEADER["Authorization"] !~ "^Zoho-oauthtoken test-" { url.access-deny = ("") }
"#;

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

/// The list of links and the files.
fn write_files(folder: &Path, base: &str) {
    let files = folder.join("files");
    let mut kinds = [String::new(), String::new()];
    for (name, bytes) in BACKUP.iter() {
        write(files.join(&FILES[1..]).join(name), bytes);
        let kind = &mut kinds[usize::from(!name.starts_with("Data"))];
        let comma = if kind.is_empty() { "" } else { "," };
        let _ = write!(kind, "{comma}\"{base}{FILES}/{name}\"");
    }
    let list = format!(
        r#"{{"urls":{{"data_links":[{}],"attachment_links":[{}],"expiry_date":"2999-01-01T00:00:00+01:00"}}}}"#,
        kinds[0], kinds[1]
    );
    write(files.join(&LIST[1..]), list);
}

fn write(path: PathBuf, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a temporary folder");
    fs::write(path, bytes).expect("a temporary file");
}

fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, Permissions::from_mode(0o755)).expect("it is ours");
}

fn parse(line: &str) -> Served {
    let parts: Vec<&str> = line.split('|').collect();
    let [status, path, range, if_range, token] = parts[..] else {
        panic!("not a line of the log: {line}")
    };
    let header = |text: &str| (text != "-").then(|| text.to_owned());
    Served {
        status: status.parse().expect("a status"),
        path: path.to_owned(),
        range: header(range),
        if_range: header(if_range),
        token: token.to_owned(),
    }
}
