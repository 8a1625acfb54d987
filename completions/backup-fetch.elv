
use builtin;
use str;

set edit:completion:arg-completer[backup-fetch] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'backup-fetch'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'backup-fetch'= {
            cand --profile 'Profile of the configuration file [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]'
            cand --config 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]'
            cand --dc 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]'
            cand --api-domain 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]'
            cand --accounts-url 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]'
            cand --download-domain 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]'
            cand --api-version 'Version of Zoho''s API [default: v8]'
            cand --ca-cert 'PEM file with certificates to trust besides the system''s'
            cand --retries 'Further tries after a failure, counted since the last progress [default: 10]'
            cand --retry-wait 'First wait between two tries; it doubles with each, up to a minute [default: 1s]'
            cand --connect-timeout 'How long a connection may take [default: 10s]'
            cand --stall-timeout 'How long a server may send nothing before the connection is given up and tried again [default: 60s]'
            cand --progress 'How progress is shown: auto, bar, plain or none'
            cand --color 'When colour is used: auto, always or never'
            cand --json 'Write JSON to stdout: one document, or one event a line for download'
            cand -q 'Only warnings and errors on stderr'
            cand --quiet 'Only warnings and errors on stderr'
            cand -v 'Log more to stderr; twice for every request'
            cand --verbose 'Log more to stderr; twice for every request'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand list 'Print the links of the latest backup, data first, one per line'
            cand download 'Fetch every file of the latest backup, verified, into its own folder under DIR'
            cand login 'Turn a code of Zoho''s API console into a refresh token, and store it'
            cand logout 'Revoke the refresh token at Zoho, and forget it'
            cand completions 'Print the completion script for a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'backup-fetch;list'= {
            cand --profile 'Profile of the configuration file [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]'
            cand --config 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]'
            cand --dc 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]'
            cand --api-domain 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]'
            cand --accounts-url 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]'
            cand --download-domain 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]'
            cand --api-version 'Version of Zoho''s API [default: v8]'
            cand --ca-cert 'PEM file with certificates to trust besides the system''s'
            cand --retries 'Further tries after a failure, counted since the last progress [default: 10]'
            cand --retry-wait 'First wait between two tries; it doubles with each, up to a minute [default: 1s]'
            cand --connect-timeout 'How long a connection may take [default: 10s]'
            cand --stall-timeout 'How long a server may send nothing before the connection is given up and tried again [default: 60s]'
            cand --progress 'How progress is shown: auto, bar, plain or none'
            cand --color 'When colour is used: auto, always or never'
            cand --json 'Write JSON to stdout: one document, or one event a line for download'
            cand -q 'Only warnings and errors on stderr'
            cand --quiet 'Only warnings and errors on stderr'
            cand -v 'Log more to stderr; twice for every request'
            cand --verbose 'Log more to stderr; twice for every request'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'backup-fetch;download'= {
            cand -o 'Where backups are saved, each in its own folder [env: BACKUP_FETCH_OUT]'
            cand --out 'Where backups are saved, each in its own folder [env: BACKUP_FETCH_OUT]'
            cand -j 'Connections at most; the smallest Zoho edition allows five calls at one time [default: 4]'
            cand --jobs 'Connections at most; the smallest Zoho edition allows five calls at one time [default: 4]'
            cand --limit-rate 'Bytes a second at most over all connections, such as 500K, 10M or 1MiB'
            cand --max-duration 'End after this time with exit code 10 and keep what is there'
            cand --wait-lock 'Wait up to this time for another run in the same folder to end [default: 0s]'
            cand --only 'Only the data zips, or only the attachment zips'
            cand --match 'Only files whose name matches, such as ''Data_*.zip'''
            cand --profile 'Profile of the configuration file [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]'
            cand --config 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]'
            cand --dc 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]'
            cand --api-domain 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]'
            cand --accounts-url 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]'
            cand --download-domain 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]'
            cand --api-version 'Version of Zoho''s API [default: v8]'
            cand --ca-cert 'PEM file with certificates to trust besides the system''s'
            cand --retries 'Further tries after a failure, counted since the last progress [default: 10]'
            cand --retry-wait 'First wait between two tries; it doubles with each, up to a minute [default: 1s]'
            cand --connect-timeout 'How long a connection may take [default: 10s]'
            cand --stall-timeout 'How long a server may send nothing before the connection is given up and tried again [default: 60s]'
            cand --progress 'How progress is shown: auto, bar, plain or none'
            cand --color 'When colour is used: auto, always or never'
            cand --require-new 'End with exit code 9 when there is no backup that is not already saved'
            cand --dry-run 'Say what would be fetched, and fetch nothing'
            cand --ignore-expiry 'Fetch though the links should have expired'
            cand --json 'Write JSON to stdout: one document, or one event a line for download'
            cand -q 'Only warnings and errors on stderr'
            cand --quiet 'Only warnings and errors on stderr'
            cand -v 'Log more to stderr; twice for every request'
            cand --verbose 'Log more to stderr; twice for every request'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backup-fetch;login'= {
            cand --browser 'For server-based clients: let a browser bring the code back to a port of this machine [default port: 8765]'
            cand --redirect-uri 'Redirect URI as registered with the client [default: http://127.0.0.1:PORT/callback]'
            cand --scope 'What the token may do'
            cand --profile 'Profile of the configuration file [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]'
            cand --config 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]'
            cand --dc 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]'
            cand --api-domain 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]'
            cand --accounts-url 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]'
            cand --download-domain 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]'
            cand --api-version 'Version of Zoho''s API [default: v8]'
            cand --ca-cert 'PEM file with certificates to trust besides the system''s'
            cand --retries 'Further tries after a failure, counted since the last progress [default: 10]'
            cand --retry-wait 'First wait between two tries; it doubles with each, up to a minute [default: 1s]'
            cand --connect-timeout 'How long a connection may take [default: 10s]'
            cand --stall-timeout 'How long a server may send nothing before the connection is given up and tried again [default: 60s]'
            cand --progress 'How progress is shown: auto, bar, plain or none'
            cand --color 'When colour is used: auto, always or never'
            cand --print 'Store nothing: print the refresh token, for a secret manager'
            cand --code-stdin 'Read the code from stdin, and ask nothing'
            cand --keyring 'Store the secrets in the system''s keyring (in builds with the feature `keyring`)'
            cand --json 'Write JSON to stdout: one document, or one event a line for download'
            cand -q 'Only warnings and errors on stderr'
            cand --quiet 'Only warnings and errors on stderr'
            cand -v 'Log more to stderr; twice for every request'
            cand --verbose 'Log more to stderr; twice for every request'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backup-fetch;logout'= {
            cand --profile 'Profile of the configuration file [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]'
            cand --config 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]'
            cand --dc 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]'
            cand --api-domain 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]'
            cand --accounts-url 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]'
            cand --download-domain 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]'
            cand --api-version 'Version of Zoho''s API [default: v8]'
            cand --ca-cert 'PEM file with certificates to trust besides the system''s'
            cand --retries 'Further tries after a failure, counted since the last progress [default: 10]'
            cand --retry-wait 'First wait between two tries; it doubles with each, up to a minute [default: 1s]'
            cand --connect-timeout 'How long a connection may take [default: 10s]'
            cand --stall-timeout 'How long a server may send nothing before the connection is given up and tried again [default: 60s]'
            cand --progress 'How progress is shown: auto, bar, plain or none'
            cand --color 'When colour is used: auto, always or never'
            cand --forget 'Forget the token here even if Zoho does not revoke it'
            cand --json 'Write JSON to stdout: one document, or one event a line for download'
            cand -q 'Only warnings and errors on stderr'
            cand --quiet 'Only warnings and errors on stderr'
            cand -v 'Log more to stderr; twice for every request'
            cand --verbose 'Log more to stderr; twice for every request'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'backup-fetch;completions'= {
            cand --profile 'Profile of the configuration file [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]'
            cand --config 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]'
            cand --dc 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]'
            cand --api-domain 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]'
            cand --accounts-url 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]'
            cand --download-domain 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]'
            cand --api-version 'Version of Zoho''s API [default: v8]'
            cand --ca-cert 'PEM file with certificates to trust besides the system''s'
            cand --retries 'Further tries after a failure, counted since the last progress [default: 10]'
            cand --retry-wait 'First wait between two tries; it doubles with each, up to a minute [default: 1s]'
            cand --connect-timeout 'How long a connection may take [default: 10s]'
            cand --stall-timeout 'How long a server may send nothing before the connection is given up and tried again [default: 60s]'
            cand --progress 'How progress is shown: auto, bar, plain or none'
            cand --color 'When colour is used: auto, always or never'
            cand --json 'Write JSON to stdout: one document, or one event a line for download'
            cand -q 'Only warnings and errors on stderr'
            cand --quiet 'Only warnings and errors on stderr'
            cand -v 'Log more to stderr; twice for every request'
            cand --verbose 'Log more to stderr; twice for every request'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'backup-fetch;help'= {
            cand list 'Print the links of the latest backup, data first, one per line'
            cand download 'Fetch every file of the latest backup, verified, into its own folder under DIR'
            cand login 'Turn a code of Zoho''s API console into a refresh token, and store it'
            cand logout 'Revoke the refresh token at Zoho, and forget it'
            cand completions 'Print the completion script for a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'backup-fetch;help;list'= {
        }
        &'backup-fetch;help;download'= {
        }
        &'backup-fetch;help;login'= {
        }
        &'backup-fetch;help;logout'= {
        }
        &'backup-fetch;help;completions'= {
        }
        &'backup-fetch;help;help'= {
        }
    ]
    $completions[$command]
}
