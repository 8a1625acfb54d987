
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'backup-fetch' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'backup-fetch'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'backup-fetch' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Print the links of the latest backup, data first, one per line')
            [CompletionResult]::new('download', 'download', [CompletionResultType]::ParameterValue, 'Fetch every file of the latest backup, verified, into its own folder under DIR')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Turn a code of Zoho''s API console into a refresh token, and store it')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Revoke the refresh token at Zoho, and forget it')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Look after the configuration file')
            [CompletionResult]::new('request', 'request', [CompletionResultType]::ParameterValue, 'Ask Zoho for a backup now; each counts against the month''s allowance')
            [CompletionResult]::new('schedule', 'schedule', [CompletionResultType]::ParameterValue, 'Set the recurring backup at Zoho')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Stop the recurring backup at Zoho')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Print where the backup at Zoho stands')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Print Zoho''s log of the last year, newest first')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Try everything a run needs, change nothing, and say how to mend what fails')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backup-fetch;list' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--long', '--long', [CompletionResultType]::ParameterName, 'With the size of each file, asked of its server')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;download' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Where backups are saved, each in its own folder [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Where backups are saved, each in its own folder [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'Connections at most; the smallest Zoho edition allows five calls at one time [default: 4]')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'Connections at most; the smallest Zoho edition allows five calls at one time [default: 4]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'Bytes a second at most over all connections, such as 500K, 10M or 1MiB')
            [CompletionResult]::new('--max-duration', '--max-duration', [CompletionResultType]::ParameterName, 'End after this time with exit code 10 and keep what is there')
            [CompletionResult]::new('--wait-lock', '--wait-lock', [CompletionResultType]::ParameterName, 'Wait up to this time for another run in the same folder to end [default: 0s]')
            [CompletionResult]::new('--lock', '--lock', [CompletionResultType]::ParameterName, 'How runs in one folder are kept apart: flock, or none where the file system can''t lock [default: flock]')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only the data zips, or only the attachment zips')
            [CompletionResult]::new('--match', '--match', [CompletionResultType]::ParameterName, 'Only files whose name matches, such as ''Data_*.zip''')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait for the backup at Zoho, up to this time [default: no wait; 24h where TIME is left away]')
            [CompletionResult]::new('--poll-wait', '--poll-wait', [CompletionResultType]::ParameterName, 'First pause between two looks while waiting; it grows to ten times that [default: 1m]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--require-new', '--require-new', [CompletionResultType]::ParameterName, 'End with exit code 9 when there is no backup that is not already saved')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would be fetched, and fetch nothing')
            [CompletionResult]::new('--ignore-expiry', '--ignore-expiry', [CompletionResultType]::ParameterName, 'Fetch though the links should have expired')
            [CompletionResult]::new('--no-ranges', '--no-ranges', [CompletionResultType]::ParameterName, 'Never ask for a part of a file: each comes whole over one connection, and starts over when that breaks')
            [CompletionResult]::new('--no-resume', '--no-resume', [CompletionResultType]::ParameterName, 'Start over with files of which an earlier run left a part')
            [CompletionResult]::new('--refetch', '--refetch', [CompletionResultType]::ParameterName, 'Fetch corrupt and unverified files again though the server still has the same ones')
            [CompletionResult]::new('--allow-unverified', '--allow-unverified', [CompletionResultType]::ParameterName, 'Save files that can''t be verified because they are encrypted or packed by an unknown method')
            [CompletionResult]::new('--request', '--request', [CompletionResultType]::ParameterName, 'Ask Zoho for a backup first, wait for it, and fetch that one')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask for it with --request although it may have to be bought')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backup-fetch;login' {
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'For server-based clients: open a browser that brings the code back to a port of this machine [default port: 8765]')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'Redirect URI as registered with the client [default: http://127.0.0.1:PORT/callback]')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'What the token may do')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--print', '--print', [CompletionResultType]::ParameterName, 'Store nothing: print the refresh token, for a secret manager')
            [CompletionResult]::new('--code-stdin', '--code-stdin', [CompletionResultType]::ParameterName, 'Read the code from stdin, and ask nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Replace the token of a profile that is logged in already without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Replace the token of a profile that is logged in already without asking')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Store the secrets in the system''s keyring (in builds with the feature `keyring`)')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backup-fetch;logout' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--forget', '--forget', [CompletionResultType]::ParameterName, 'Forget the token here even if Zoho does not revoke it')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;config' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the whole file, every profile of it: keys, values, secrets; asks nothing of the network')
            [CompletionResult]::new('profiles', 'profiles', [CompletionResultType]::ParameterValue, 'Print the names of the profiles, one per line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backup-fetch;config;check' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;config;profiles' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;config;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the whole file, every profile of it: keys, values, secrets; asks nothing of the network')
            [CompletionResult]::new('profiles', 'profiles', [CompletionResultType]::ParameterValue, 'Print the names of the profiles, one per line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backup-fetch;config;help;check' {
            break
        }
        'backup-fetch;config;help;profiles' {
            break
        }
        'backup-fetch;config;help;help' {
            break
        }
        'backup-fetch;request' {
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait for the backup at Zoho, up to this time [default: no wait; 24h where TIME is left away]')
            [CompletionResult]::new('--poll-wait', '--poll-wait', [CompletionResultType]::ParameterName, 'First pause between two looks while waiting; it grows to ten times that [default: 1m]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask for it although it may have to be bought')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would be asked for, and ask for nothing')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;schedule' {
            [CompletionResult]::new('--weekly', '--weekly', [CompletionResultType]::ParameterName, 'Every week on this day, such as mon')
            [CompletionResult]::new('--every', '--every', [CompletionResultType]::ParameterName, 'Every so many weeks or months, such as ''2 weeks'' or ''3 months''')
            [CompletionResult]::new('--on', '--on', [CompletionResultType]::ParameterName, 'The day for --every: thu, or for months also 5 or 1st-thu')
            [CompletionResult]::new('--monthly', '--monthly', [CompletionResultType]::ParameterName, 'Every month on this day, such as 5 or 1st-thu')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would be set, and set nothing')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;cancel' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;status' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;history' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Entries at most [default: all]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;doctor' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The folder to look at [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'The folder to look at [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'End with exit code 9 when a check warns')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;completions' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM file with certificates to trust besides the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a failure, counted since the last progress [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'First wait between two tries; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long a connection may take [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is given up and tried again [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When colour is used: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Every profile of the configuration file, one after the other: for list, download and status')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON to stdout: one document, or one event a line for download')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Print the links of the latest backup, data first, one per line')
            [CompletionResult]::new('download', 'download', [CompletionResultType]::ParameterValue, 'Fetch every file of the latest backup, verified, into its own folder under DIR')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Turn a code of Zoho''s API console into a refresh token, and store it')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Revoke the refresh token at Zoho, and forget it')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Look after the configuration file')
            [CompletionResult]::new('request', 'request', [CompletionResultType]::ParameterValue, 'Ask Zoho for a backup now; each counts against the month''s allowance')
            [CompletionResult]::new('schedule', 'schedule', [CompletionResultType]::ParameterValue, 'Set the recurring backup at Zoho')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Stop the recurring backup at Zoho')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Print where the backup at Zoho stands')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Print Zoho''s log of the last year, newest first')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Try everything a run needs, change nothing, and say how to mend what fails')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backup-fetch;help;list' {
            break
        }
        'backup-fetch;help;download' {
            break
        }
        'backup-fetch;help;login' {
            break
        }
        'backup-fetch;help;logout' {
            break
        }
        'backup-fetch;help;config' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the whole file, every profile of it: keys, values, secrets; asks nothing of the network')
            [CompletionResult]::new('profiles', 'profiles', [CompletionResultType]::ParameterValue, 'Print the names of the profiles, one per line')
            break
        }
        'backup-fetch;help;config;check' {
            break
        }
        'backup-fetch;help;config;profiles' {
            break
        }
        'backup-fetch;help;request' {
            break
        }
        'backup-fetch;help;schedule' {
            break
        }
        'backup-fetch;help;cancel' {
            break
        }
        'backup-fetch;help;status' {
            break
        }
        'backup-fetch;help;history' {
            break
        }
        'backup-fetch;help;doctor' {
            break
        }
        'backup-fetch;help;completions' {
            break
        }
        'backup-fetch;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
