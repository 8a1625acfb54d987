
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
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Print the links of the latest backup, data first, one per line')
            [CompletionResult]::new('download', 'download', [CompletionResultType]::ParameterValue, 'Fetch and verify every file of the latest backup, into a folder of its own under DIR')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check that saved backups are complete and undamaged, without asking Zoho')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check that the newest complete backup saved is not too old, without asking Zoho')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove old saved backups by the rules of restic; the newest complete one always stays')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Exchange a code from Zoho''s API console for a refresh token, and store it')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Revoke the refresh token at Zoho, and delete it here')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Check the configuration file, or list its profiles')
            [CompletionResult]::new('request', 'request', [CompletionResultType]::ParameterValue, 'Request a backup from Zoho now; each counts against the monthly allowance')
            [CompletionResult]::new('schedule', 'schedule', [CompletionResultType]::ParameterValue, 'Schedule the recurring backup at Zoho')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Cancel the recurring backup at Zoho')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the state of the backup at Zoho')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show Zoho''s backup log of the last year, newest first')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show what a saved backup holds, what is missing in it, and what changed since the one before')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check everything a run needs, change nothing, and say how to fix what fails')
            [CompletionResult]::new('systemd', 'systemd', [CompletionResultType]::ParameterValue, 'Print a systemd service and timer that run `download` for the profile every night')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the man pages, one for each command, into a folder')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the version, and what the program was built from')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backup-fetch;list' {
            [CompletionResult]::new('--saved', '--saved', [CompletionResultType]::ParameterName, 'Show instead what is saved in DIR, a folder or a store, without asking Zoho [default: `out` of the profile]')
            [CompletionResult]::new('--store-option', '--store-option', [CompletionResultType]::ParameterName, 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--long', '--long', [CompletionResultType]::ParameterName, 'Show the size of each file, as its server reports it')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;download' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Where to save backups, each in a folder of its own: a folder, or a place in an object store such as s3://BUCKET/PREFIX, gs://… or az://… [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Where to save backups, each in a folder of its own: a folder, or a place in an object store such as s3://BUCKET/PREFIX, gs://… or az://… [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--staging', '--staging', [CompletionResultType]::ParameterName, 'Where files wait on their way to an object store; room for three is enough [default: ~/.cache/backup-fetch]')
            [CompletionResult]::new('--require-mount', '--require-mount', [CompletionResultType]::ParameterName, 'Write only while a disk is mounted on PATH, which is DIR or a folder above it; a file .backup-fetch-mount in PATH counts as well, and so does PATH if it is a file')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'Maximum number of connections; the smallest Zoho edition allows five calls at once [default: 4]')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'Maximum number of connections; the smallest Zoho edition allows five calls at once [default: 4]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'Maximum rate of all connections together, in bytes per second, such as 500K, 10M or 1MiB')
            [CompletionResult]::new('--max-duration', '--max-duration', [CompletionResultType]::ParameterName, 'Stop after this time with exit code 10, and keep partial files')
            [CompletionResult]::new('--wait-lock', '--wait-lock', [CompletionResultType]::ParameterName, 'Wait up to this time for another run in the same folder or store to finish [default: 0s]')
            [CompletionResult]::new('--lock', '--lock', [CompletionResultType]::ParameterName, 'How to keep other runs out: flock, which is a lock object in a store, or none if the file system can''t lock [default: flock]')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Fetch only the data zips, or only the attachment zips')
            [CompletionResult]::new('--match', '--match', [CompletionResultType]::ParameterName, 'Fetch only files whose name matches, such as ''Data_*.zip''')
            [CompletionResult]::new('--max-drop', '--max-drop', [CompletionResultType]::ParameterName, 'Inspect the backup, and exit with code 6 if a module has lost more than this share of its records since the previous one, such as 20%')
            [CompletionResult]::new('--keep-last', '--keep-last', [CompletionResultType]::ParameterName, 'Keep the last N backups')
            [CompletionResult]::new('--keep-daily', '--keep-daily', [CompletionResultType]::ParameterName, 'Keep the last backup of each of the last N days that have one')
            [CompletionResult]::new('--keep-weekly', '--keep-weekly', [CompletionResultType]::ParameterName, 'Keep the last backup of each of the last N weeks that have one')
            [CompletionResult]::new('--keep-monthly', '--keep-monthly', [CompletionResultType]::ParameterName, 'Keep the last backup of each of the last N months that have one')
            [CompletionResult]::new('--keep-yearly', '--keep-yearly', [CompletionResultType]::ParameterName, 'Keep the last backup of each of the last N years that have one')
            [CompletionResult]::new('--keep-within', '--keep-within', [CompletionResultType]::ParameterName, 'Keep every backup that is at most this much older than the newest, such as 30d or 2y5m7d3h')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait for the backup at Zoho, up to this time [default: no wait; 24h if TIME is omitted]')
            [CompletionResult]::new('--poll-wait', '--poll-wait', [CompletionResultType]::ParameterName, 'First polling interval while waiting; it grows to ten times that [default: 1m]')
            [CompletionResult]::new('--store-option', '--store-option', [CompletionResultType]::ParameterName, 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'URL to ping, as for healthchecks.io: URL/start when the run starts, URL after a success, URL/EXIT_CODE after a failure')
            [CompletionResult]::new('--on-success', '--on-success', [CompletionResultType]::ParameterName, 'Command to run after a success, without a shell; BACKUP_FETCH_… variables tell it the details')
            [CompletionResult]::new('--on-failure', '--on-failure', [CompletionResultType]::ParameterName, 'Command to run after a failure, without a shell; BACKUP_FETCH_… variables tell it the details')
            [CompletionResult]::new('--hook-timeout', '--hook-timeout', [CompletionResultType]::ParameterName, 'Stop such a command after this time [default: 5m]')
            [CompletionResult]::new('--metrics', '--metrics', [CompletionResultType]::ParameterName, 'File to keep metrics in, for the textfile collector of Prometheus''s node_exporter, which reads names that end in .prom')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--require-new', '--require-new', [CompletionResultType]::ParameterName, 'Exit with code 9 if there is no backup that is not already saved')
            [CompletionResult]::new('--inspect', '--inspect', [CompletionResultType]::ParameterName, 'When the backup is complete, count what it holds, as `inspect` does, and keep the counts in its manifest')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be fetched, and fetch nothing')
            [CompletionResult]::new('--ignore-expiry', '--ignore-expiry', [CompletionResultType]::ParameterName, 'Try the links even if they have expired')
            [CompletionResult]::new('--no-ranges', '--no-ranges', [CompletionResultType]::ParameterName, 'Never request part of a file: each is fetched over one connection, and starts over if that breaks')
            [CompletionResult]::new('--no-resume', '--no-resume', [CompletionResultType]::ParameterName, 'Start partial files of earlier runs over instead of resuming them')
            [CompletionResult]::new('--refetch', '--refetch', [CompletionResultType]::ParameterName, 'Fetch corrupt and unverified files again even if the server still has the same ones')
            [CompletionResult]::new('--allow-unverified', '--allow-unverified', [CompletionResultType]::ParameterName, 'Save files that can''t be verified because they are encrypted or packed by an unknown method')
            [CompletionResult]::new('--request', '--request', [CompletionResultType]::ParameterName, 'Request a backup first, wait for it, and fetch it')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'With --request: don''t ask, even if the backup may have to be paid for')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Remove old backups at the end, once the latest one is complete; see `backup-fetch help prune`')
            [CompletionResult]::new('--ping-body', '--ping-body', [CompletionResultType]::ParameterName, 'Send how the run went in the body of the last ping')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backup-fetch;verify' {
            [CompletionResult]::new('--sample', '--sample', [CompletionResultType]::ParameterName, 'Read the data of this share of all bytes only, such as 10%: that of the files read longest ago, so that run after run everything is read')
            [CompletionResult]::new('--wait-lock', '--wait-lock', [CompletionResultType]::ParameterName, 'With --repair: wait up to this time for another run in the same folder to finish [default: 0s]')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'URL to ping, as for healthchecks.io: URL/start when the run starts, URL after a success, URL/EXIT_CODE after a failure')
            [CompletionResult]::new('--on-success', '--on-success', [CompletionResultType]::ParameterName, 'Command to run after a success, without a shell; BACKUP_FETCH_… variables tell it the details')
            [CompletionResult]::new('--on-failure', '--on-failure', [CompletionResultType]::ParameterName, 'Command to run after a failure, without a shell; BACKUP_FETCH_… variables tell it the details')
            [CompletionResult]::new('--hook-timeout', '--hook-timeout', [CompletionResultType]::ParameterName, 'Stop such a command after this time [default: 5m]')
            [CompletionResult]::new('--metrics', '--metrics', [CompletionResultType]::ParameterName, 'File to keep metrics in, for the textfile collector of Prometheus''s node_exporter, which reads names that end in .prom')
            [CompletionResult]::new('--store-option', '--store-option', [CompletionResultType]::ParameterName, 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--quick', '--quick', [CompletionResultType]::ParameterName, 'Check only that every file is there, its size, and the directory of its zip, without reading the data')
            [CompletionResult]::new('--repair', '--repair', [CompletionResultType]::ParameterName, 'Fetch again what is damaged or missing, as long as the links of that backup live; a damaged file is kept as NAME.damaged. Not in an object store: remove a damaged object there, and run download')
            [CompletionResult]::new('--ping-body', '--ping-body', [CompletionResultType]::ParameterName, 'Send how the run went in the body of the last ping')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;check' {
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Oldest that the newest complete backup of an organisation may be, such as 8d, 36h or 2w')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output folder or store to look in [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Output folder or store to look in [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--store-option', '--store-option', [CompletionResultType]::ParameterName, 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--nagios', '--nagios', [CompletionResultType]::ParameterName, 'Be a monitoring plugin of Nagios, Icinga and the like: print one line with performance data, and exit with 0 (OK), with 2 (CRITICAL) in place of 9, and with 3 (UNKNOWN) in place of every other code')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;prune' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Folder or store where backups are saved [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Folder or store where backups are saved [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--require-mount', '--require-mount', [CompletionResultType]::ParameterName, 'Remove only while a disk is mounted on PATH, which is DIR or a folder above it')
            [CompletionResult]::new('--keep-last', '--keep-last', [CompletionResultType]::ParameterName, 'Keep the last N backups')
            [CompletionResult]::new('--keep-daily', '--keep-daily', [CompletionResultType]::ParameterName, 'Keep the last backup of each of the last N days that have one')
            [CompletionResult]::new('--keep-weekly', '--keep-weekly', [CompletionResultType]::ParameterName, 'Keep the last backup of each of the last N weeks that have one')
            [CompletionResult]::new('--keep-monthly', '--keep-monthly', [CompletionResultType]::ParameterName, 'Keep the last backup of each of the last N months that have one')
            [CompletionResult]::new('--keep-yearly', '--keep-yearly', [CompletionResultType]::ParameterName, 'Keep the last backup of each of the last N years that have one')
            [CompletionResult]::new('--keep-within', '--keep-within', [CompletionResultType]::ParameterName, 'Keep every backup that is at most this much older than the newest, such as 30d or 2y5m7d3h')
            [CompletionResult]::new('--store-option', '--store-option', [CompletionResultType]::ParameterName, 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable')
            [CompletionResult]::new('--wait-lock', '--wait-lock', [CompletionResultType]::ParameterName, 'Wait up to this time for another run in the same folder or store to finish [default: 0s]')
            [CompletionResult]::new('--lock', '--lock', [CompletionResultType]::ParameterName, 'How to keep other runs out: flock, which is a lock object in a store, or none if the file system can''t lock [default: flock]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be kept and removed, and remove nothing')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;login' {
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'For server-based clients: open a browser, which brings the code back to a local port [default port: 8765]')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'Redirect URI as registered with the client [default: http://127.0.0.1:PORT/callback]')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'What the token may do')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--print', '--print', [CompletionResultType]::ParameterName, 'Print the refresh token instead of storing it, for a secret manager')
            [CompletionResult]::new('--code-stdin', '--code-stdin', [CompletionResultType]::ParameterName, 'Read the code from stdin, and ask no questions')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Replace the token of a profile that is already logged in without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Replace the token of a profile that is already logged in without asking')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Store the secrets in the system''s keyring (in builds with the feature `keyring`)')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backup-fetch;logout' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--forget', '--forget', [CompletionResultType]::ParameterName, 'Delete the token here even if Zoho does not revoke it')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;config' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the keys, values and secrets of every profile, without using the network')
            [CompletionResult]::new('profiles', 'profiles', [CompletionResultType]::ParameterValue, 'Print the names of the profiles, one per line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backup-fetch;config;check' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;config;profiles' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;config;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the keys, values and secrets of every profile, without using the network')
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
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait for the backup at Zoho, up to this time [default: no wait; 24h if TIME is omitted]')
            [CompletionResult]::new('--poll-wait', '--poll-wait', [CompletionResultType]::ParameterName, 'First polling interval while waiting; it grows to ten times that [default: 1m]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Don''t ask, even if the backup may have to be paid for')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be requested, and request nothing')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;schedule' {
            [CompletionResult]::new('--weekly', '--weekly', [CompletionResultType]::ParameterName, 'Every week on this day, such as mon')
            [CompletionResult]::new('--every', '--every', [CompletionResultType]::ParameterName, 'Every N weeks or months, such as ''2 weeks'' or ''3 months''')
            [CompletionResult]::new('--on', '--on', [CompletionResultType]::ParameterName, 'Day for --every: thu; for months also 5 or 1st-thu')
            [CompletionResult]::new('--monthly', '--monthly', [CompletionResultType]::ParameterName, 'Every month on this day, such as 5 or 1st-thu')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be scheduled, and schedule nothing')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;cancel' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;status' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;history' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show at most this many entries [default: all]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;inspect' {
            [CompletionResult]::new('--against', '--against', [CompletionResultType]::ParameterName, 'Backup to compare with [default: the complete one of the same organisation saved before, in the same folder]')
            [CompletionResult]::new('--max-drop', '--max-drop', [CompletionResultType]::ParameterName, 'Exit with code 6 if a module has lost more than this share of its records since then, such as 20%')
            [CompletionResult]::new('--module', '--module', [CompletionResultType]::ParameterName, 'Print the records of this module instead, as CSV, or with --json as an object on each line')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only records in which a field is a value (LABEL=VALUE), is not (LABEL!=VALUE), or contains it in any case (LABEL~VALUE); repeatable, and all must hold')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Only the record with this id, with or without zcrm_; repeatable')
            [CompletionResult]::new('--extract', '--extract', [CompletionResultType]::ParameterName, 'Write one file out of the zips instead: an attachment by its id or file name, or anything by its whole name in the zip, such as Data/Leads_001.csv')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Where to write it [default: stdout]')
            [CompletionResult]::new('--html', '--html', [CompletionResultType]::ParameterName, 'Also write an HTML page with the table, the findings, and a chart of the records in all backups of the folder; an earlier page is replaced')
            [CompletionResult]::new('--store-option', '--store-option', [CompletionResultType]::ParameterName, 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace FILE if it exists')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;doctor' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output folder or store to check [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Output folder or store to check [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--require-mount', '--require-mount', [CompletionResultType]::ParameterName, 'Where a disk must be mounted, which DIR is on; a file .backup-fetch-mount in it, or PATH itself if it is a file, counts as well')
            [CompletionResult]::new('--store-option', '--store-option', [CompletionResultType]::ParameterName, 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Exit with code 9 if a check warns')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;systemd' {
            [CompletionResult]::new('--on-calendar', '--on-calendar', [CompletionResultType]::ParameterName, 'When to run, as OnCalendar= of systemd.timer(5) takes it [default: *-*-* 03:15]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User that the service runs as, to whom the backups will belong [default: backup-fetch]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output folder or store [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Output folder or store [env: BACKUP_FETCH_OUT]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Print the service alone')
            [CompletionResult]::new('--timer', '--timer', [CompletionResultType]::ParameterName, 'Print the timer alone')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;completions' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;man' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;version' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]')
            [CompletionResult]::new('--dc', '--dc', [CompletionResultType]::ParameterName, 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]')
            [CompletionResult]::new('--api-domain', '--api-domain', [CompletionResultType]::ParameterName, 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]')
            [CompletionResult]::new('--accounts-url', '--accounts-url', [CompletionResultType]::ParameterName, 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]')
            [CompletionResult]::new('--download-domain', '--download-domain', [CompletionResultType]::ParameterName, 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]')
            [CompletionResult]::new('--api-version', '--api-version', [CompletionResultType]::ParameterName, 'Version of Zoho''s API [default: v8]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'File of PEM certificates to trust in addition to the system''s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries after a failure; any progress resets the count [default: 10]')
            [CompletionResult]::new('--retry-wait', '--retry-wait', [CompletionResultType]::ParameterName, 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Maximum time to establish a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'How long a server may send nothing before the connection is dropped and retried [default: 60s]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, bar, plain or none')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--all-profiles', '--all-profiles', [CompletionResultType]::ParameterName, 'Run every profile in the configuration file in turn (list, download, check, prune and status only)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON on stdout: one document, or one event per line for download and request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only warnings and errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on stderr; -vv logs every request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'backup-fetch;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Print the links of the latest backup, data first, one per line')
            [CompletionResult]::new('download', 'download', [CompletionResultType]::ParameterValue, 'Fetch and verify every file of the latest backup, into a folder of its own under DIR')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check that saved backups are complete and undamaged, without asking Zoho')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check that the newest complete backup saved is not too old, without asking Zoho')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove old saved backups by the rules of restic; the newest complete one always stays')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Exchange a code from Zoho''s API console for a refresh token, and store it')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Revoke the refresh token at Zoho, and delete it here')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Check the configuration file, or list its profiles')
            [CompletionResult]::new('request', 'request', [CompletionResultType]::ParameterValue, 'Request a backup from Zoho now; each counts against the monthly allowance')
            [CompletionResult]::new('schedule', 'schedule', [CompletionResultType]::ParameterValue, 'Schedule the recurring backup at Zoho')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Cancel the recurring backup at Zoho')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the state of the backup at Zoho')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show Zoho''s backup log of the last year, newest first')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show what a saved backup holds, what is missing in it, and what changed since the one before')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check everything a run needs, change nothing, and say how to fix what fails')
            [CompletionResult]::new('systemd', 'systemd', [CompletionResultType]::ParameterValue, 'Print a systemd service and timer that run `download` for the profile every night')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the man pages, one for each command, into a folder')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the version, and what the program was built from')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backup-fetch;help;list' {
            break
        }
        'backup-fetch;help;download' {
            break
        }
        'backup-fetch;help;verify' {
            break
        }
        'backup-fetch;help;check' {
            break
        }
        'backup-fetch;help;prune' {
            break
        }
        'backup-fetch;help;login' {
            break
        }
        'backup-fetch;help;logout' {
            break
        }
        'backup-fetch;help;config' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the keys, values and secrets of every profile, without using the network')
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
        'backup-fetch;help;inspect' {
            break
        }
        'backup-fetch;help;doctor' {
            break
        }
        'backup-fetch;help;systemd' {
            break
        }
        'backup-fetch;help;completions' {
            break
        }
        'backup-fetch;help;man' {
            break
        }
        'backup-fetch;help;version' {
            break
        }
        'backup-fetch;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
