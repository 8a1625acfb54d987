
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
            cand request 'Ask Zoho for a backup now; each counts against the month''s allowance'
            cand schedule 'Set the recurring backup at Zoho'
            cand cancel 'Stop the recurring backup at Zoho'
            cand status 'Print where the backup at Zoho stands'
            cand history 'Print Zoho''s log of the last year, newest first'
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
            cand --wait 'Wait for the backup at Zoho, up to this time [default: no wait; 24h where TIME is left away]'
            cand --poll-wait 'First pause between two looks while waiting; it grows to ten times that [default: 1m]'
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
            cand --request 'Ask Zoho for a backup first, wait for it, and fetch that one'
            cand --json 'Write JSON to stdout: one document, or one event a line for download'
            cand -q 'Only warnings and errors on stderr'
            cand --quiet 'Only warnings and errors on stderr'
            cand -v 'Log more to stderr; twice for every request'
            cand --verbose 'Log more to stderr; twice for every request'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backup-fetch;request'= {
            cand --wait 'Wait for the backup at Zoho, up to this time [default: no wait; 24h where TIME is left away]'
            cand --poll-wait 'First pause between two looks while waiting; it grows to ten times that [default: 1m]'
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
        &'backup-fetch;schedule'= {
            cand --weekly 'Every week on this day, such as mon'
            cand --every 'Every so many weeks or months, such as ''2 weeks'' or ''3 months'''
            cand --on 'The day for --every: thu, or for months also 5 or 1st-thu'
            cand --monthly 'Every month on this day, such as 5 or 1st-thu'
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
            cand --dry-run 'Say what would be set, and set nothing'
            cand --json 'Write JSON to stdout: one document, or one event a line for download'
            cand -q 'Only warnings and errors on stderr'
            cand --quiet 'Only warnings and errors on stderr'
            cand -v 'Log more to stderr; twice for every request'
            cand --verbose 'Log more to stderr; twice for every request'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'backup-fetch;cancel'= {
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
        &'backup-fetch;status'= {
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
        &'backup-fetch;history'= {
            cand --limit 'Entries at most [default: all]'
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
            cand request 'Ask Zoho for a backup now; each counts against the month''s allowance'
            cand schedule 'Set the recurring backup at Zoho'
            cand cancel 'Stop the recurring backup at Zoho'
            cand status 'Print where the backup at Zoho stands'
            cand history 'Print Zoho''s log of the last year, newest first'
            cand completions 'Print the completion script for a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'backup-fetch;help;list'= {
        }
        &'backup-fetch;help;download'= {
        }
        &'backup-fetch;help;request'= {
        }
        &'backup-fetch;help;schedule'= {
        }
        &'backup-fetch;help;cancel'= {
        }
        &'backup-fetch;help;status'= {
        }
        &'backup-fetch;help;history'= {
        }
        &'backup-fetch;help;completions'= {
        }
        &'backup-fetch;help;help'= {
        }
    ]
    $completions[$command]
}
