# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_backup_fetch_global_optspecs
    string join \n profile= all-profiles config= dc= api-domain= accounts-url= download-domain= api-version= ca-cert= retries= retry-wait= connect-timeout= stall-timeout= json q/quiet v/verbose progress= color= h/help V/version
end

function __fish_backup_fetch_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_backup_fetch_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_backup_fetch_using_subcommand
    set -l cmd (__fish_backup_fetch_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -s V -l version -d 'Print version'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "list" -d 'Print the links of the latest backup, data first, one per line'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "download" -d 'Fetch and verify every file of the latest backup, into a folder of its own under DIR'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "verify" -d 'Check that saved backups are complete and undamaged, without asking Zoho'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "check" -d 'Check that the newest complete backup saved is not too old, without asking Zoho'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "prune" -d 'Remove old saved backups by the rules of restic; the newest complete one always stays'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "login" -d 'Exchange a code from Zoho\'s API console for a refresh token, and store it'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "logout" -d 'Revoke the refresh token at Zoho, and delete it here'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "config" -d 'Check the configuration file, or list its profiles'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "request" -d 'Request a backup from Zoho now; each counts against the monthly allowance'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "schedule" -d 'Schedule the recurring backup at Zoho'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "cancel" -d 'Cancel the recurring backup at Zoho'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "status" -d 'Show the state of the backup at Zoho'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "history" -d 'Show Zoho\'s backup log of the last year, newest first'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "inspect" -d 'Show what a saved backup holds, what is missing in it, and what changed since the one before'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "doctor" -d 'Check everything a run needs, change nothing, and say how to fix what fails'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "systemd" -d 'Print a systemd service and timer that run `download` for the profile every night'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "completions" -d 'Print the completion script for a shell'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "man" -d 'Write the man pages, one for each command, into a folder'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "version" -d 'Print the version, and what the program was built from'
complete -c backup-fetch -n "__fish_backup_fetch_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l saved -d 'Show instead what is saved in DIR, a folder or a store, without asking Zoho [default: `out` of the profile]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l store-option -d 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l long -d 'Show the size of each file, as its server reports it'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand list" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -s o -l out -d 'Where to save backups, each in a folder of its own: a folder, or a place in an object store such as s3://BUCKET/PREFIX, gs://… or az://… [env: BACKUP_FETCH_OUT]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l staging -d 'Where files wait on their way to an object store; room for three is enough [default: ~/.cache/backup-fetch]' -r -f -a "(__fish_complete_directories)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l require-mount -d 'Write only while a disk is mounted on PATH, which is DIR or a folder above it; a file .backup-fetch-mount in PATH counts as well, and so does PATH if it is a file' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -s j -l jobs -d 'Maximum number of connections; the smallest Zoho edition allows five calls at once [default: 4]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l limit-rate -d 'Maximum rate of all connections together, in bytes per second, such as 500K, 10M or 1MiB' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l max-duration -d 'Stop after this time with exit code 10, and keep partial files' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l wait-lock -d 'Wait up to this time for another run in the same folder or store to finish [default: 0s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l lock -d 'How to keep other runs out: flock, which is a lock object in a store, or none if the file system can\'t lock [default: flock]' -r -f -a "flock\t'A kernel lock on a file in the folder, or a lock object in the store'
none\t'No lock: whoever starts the runs keeps them apart'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l only -d 'Fetch only the data zips, or only the attachment zips' -r -f -a "data\t'CSV files, metadata, record images'
attachments\t'Files attached to records'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l match -d 'Fetch only files whose name matches, such as \'Data_*.zip\'' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l max-drop -d 'Inspect the backup, and exit with code 6 if a module has lost more than this share of its records since the previous one, such as 20%' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l keep-last -d 'Keep the last N backups' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l keep-daily -d 'Keep the last backup of each of the last N days that have one' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l keep-weekly -d 'Keep the last backup of each of the last N weeks that have one' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l keep-monthly -d 'Keep the last backup of each of the last N months that have one' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l keep-yearly -d 'Keep the last backup of each of the last N years that have one' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l keep-within -d 'Keep every backup that is at most this much older than the newest, such as 30d or 2y5m7d3h' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l wait -d 'Wait for the backup at Zoho, up to this time [default: no wait; 24h if TIME is omitted]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l poll-wait -d 'First polling interval while waiting; it grows to ten times that [default: 1m]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l store-option -d 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l ping -d 'URL to ping, as for healthchecks.io: URL/start when the run starts, URL after a success, URL/EXIT_CODE after a failure' -r -f
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l on-success -d 'Command to run after a success, without a shell; BACKUP_FETCH_… variables tell it the details' -r -f -a "(__fish_complete_command)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l on-failure -d 'Command to run after a failure, without a shell; BACKUP_FETCH_… variables tell it the details' -r -f -a "(__fish_complete_command)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l hook-timeout -d 'Stop such a command after this time [default: 5m]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l metrics -d 'File to keep metrics in, for the textfile collector of Prometheus\'s node_exporter, which reads names that end in .prom' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l require-new -d 'Exit with code 9 if there is no backup that is not already saved'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l inspect -d 'When the backup is complete, count what it holds, as `inspect` does, and keep the counts in its manifest'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l dry-run -d 'Show what would be fetched, and fetch nothing'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l ignore-expiry -d 'Try the links even if they have expired'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l no-ranges -d 'Never request part of a file: each is fetched over one connection, and starts over if that breaks'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l no-resume -d 'Start partial files of earlier runs over instead of resuming them'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l refetch -d 'Fetch corrupt and unverified files again even if the server still has the same ones'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l allow-unverified -d 'Save files that can\'t be verified because they are encrypted or packed by an unknown method'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l request -d 'Request a backup first, wait for it, and fetch it'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l yes -d 'With --request: don\'t ask, even if the backup may have to be paid for'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l prune -d 'Remove old backups at the end, once the latest one is complete; see `backup-fetch help prune`'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l ping-body -d 'Send how the run went in the body of the last ping'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand download" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l sample -d 'Read the data of this share of all bytes only, such as 10%: that of the files read longest ago, so that run after run everything is read' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l wait-lock -d 'With --repair: wait up to this time for another run in the same folder to finish [default: 0s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l ping -d 'URL to ping, as for healthchecks.io: URL/start when the run starts, URL after a success, URL/EXIT_CODE after a failure' -r -f
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l on-success -d 'Command to run after a success, without a shell; BACKUP_FETCH_… variables tell it the details' -r -f -a "(__fish_complete_command)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l on-failure -d 'Command to run after a failure, without a shell; BACKUP_FETCH_… variables tell it the details' -r -f -a "(__fish_complete_command)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l hook-timeout -d 'Stop such a command after this time [default: 5m]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l metrics -d 'File to keep metrics in, for the textfile collector of Prometheus\'s node_exporter, which reads names that end in .prom' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l store-option -d 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l quick -d 'Check only that every file is there, its size, and the directory of its zip, without reading the data'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l repair -d 'Fetch again what is damaged or missing, as long as the links of that backup live; a damaged file is kept as NAME.damaged. Not in an object store: remove a damaged object there, and run download'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l ping-body -d 'Send how the run went in the body of the last ping'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand verify" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l max-age -d 'Oldest that the newest complete backup of an organisation may be, such as 8d, 36h or 2w' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -s o -l out -d 'Output folder or store to look in [env: BACKUP_FETCH_OUT]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l store-option -d 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l nagios -d 'Be a monitoring plugin of Nagios, Icinga and the like: print one line with performance data, and exit with 0 (OK), with 2 (CRITICAL) in place of 9, and with 3 (UNKNOWN) in place of every other code'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand check" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -s o -l out -d 'Folder or store where backups are saved [env: BACKUP_FETCH_OUT]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l require-mount -d 'Remove only while a disk is mounted on PATH, which is DIR or a folder above it' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l keep-last -d 'Keep the last N backups' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l keep-daily -d 'Keep the last backup of each of the last N days that have one' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l keep-weekly -d 'Keep the last backup of each of the last N weeks that have one' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l keep-monthly -d 'Keep the last backup of each of the last N months that have one' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l keep-yearly -d 'Keep the last backup of each of the last N years that have one' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l keep-within -d 'Keep every backup that is at most this much older than the newest, such as 30d or 2y5m7d3h' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l store-option -d 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l wait-lock -d 'Wait up to this time for another run in the same folder or store to finish [default: 0s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l lock -d 'How to keep other runs out: flock, which is a lock object in a store, or none if the file system can\'t lock [default: flock]' -r -f -a "flock\t'A kernel lock on a file in the folder, or a lock object in the store'
none\t'No lock: whoever starts the runs keeps them apart'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l dry-run -d 'Show what would be kept and removed, and remove nothing'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand prune" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l browser -d 'For server-based clients: open a browser, which brings the code back to a local port [default port: 8765]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l redirect-uri -d 'Redirect URI as registered with the client [default: http://127.0.0.1:PORT/callback]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l scope -d 'What the token may do' -r -f -a "fetch\t'List and download backups'
all\t'Also request and schedule them'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l print -d 'Print the refresh token instead of storing it, for a secret manager'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l code-stdin -d 'Read the code from stdin, and ask no questions'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -s y -l yes -d 'Replace the token of a profile that is already logged in without asking'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l keyring -d 'Store the secrets in the system\'s keyring (in builds with the feature `keyring`)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l forget -d 'Delete the token here even if Zoho does not revoke it'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand logout" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -f -a "check" -d 'Check the keys, values and secrets of every profile, without using the network'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -f -a "profiles" -d 'Print the names of the profiles, one per line'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and not __fish_seen_subcommand_from check profiles help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from profiles" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "check" -d 'Check the keys, values and secrets of every profile, without using the network'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "profiles" -d 'Print the names of the profiles, one per line'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l wait -d 'Wait for the backup at Zoho, up to this time [default: no wait; 24h if TIME is omitted]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l poll-wait -d 'First polling interval while waiting; it grows to ten times that [default: 1m]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l yes -d 'Don\'t ask, even if the backup may have to be paid for'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l dry-run -d 'Show what would be requested, and request nothing'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand request" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l weekly -d 'Every week on this day, such as mon' -r -f -a "mon\t''
tue\t''
wed\t''
thu\t''
fri\t''
sat\t''
sun\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l every -d 'Every N weeks or months, such as \'2 weeks\' or \'3 months\'' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l on -d 'Day for --every: thu; for months also 5 or 1st-thu' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l monthly -d 'Every month on this day, such as 5 or 1st-thu' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l dry-run -d 'Show what would be scheduled, and schedule nothing'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand schedule" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand cancel" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand status" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l limit -d 'Show at most this many entries [default: all]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand history" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l against -d 'Backup to compare with [default: the complete one of the same organisation saved before, in the same folder]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l max-drop -d 'Exit with code 6 if a module has lost more than this share of its records since then, such as 20%' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l module -d 'Print the records of this module instead, as CSV, or with --json as an object on each line' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l where -d 'Only records in which a field is a value (LABEL=VALUE), is not (LABEL!=VALUE), or contains it in any case (LABEL~VALUE); repeatable, and all must hold' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l id -d 'Only the record with this id, with or without zcrm_; repeatable' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l extract -d 'Write one file out of the zips instead: an attachment by its id or file name, or anything by its whole name in the zip, such as Data/Leads_001.csv' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l to -d 'Where to write it [default: stdout]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l html -d 'Also write an HTML page with the table, the findings, and a chart of the records in all backups of the folder; an earlier page is replaced' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l store-option -d 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l force -d 'Replace FILE if it exists'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand inspect" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -s o -l out -d 'Output folder or store to check [env: BACKUP_FETCH_OUT]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l require-mount -d 'Where a disk must be mounted, which DIR is on; a file .backup-fetch-mount in it, or PATH itself if it is a file, counts as well' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l store-option -d 'Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l strict -d 'Exit with code 9 if a check warns'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l on-calendar -d 'When to run, as OnCalendar= of systemd.timer(5) takes it [default: *-*-* 03:15]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l user -d 'User that the service runs as, to whom the backups will belong [default: backup-fetch]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -s o -l out -d 'Output folder or store [env: BACKUP_FETCH_OUT]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l service -d 'Print the service alone'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l timer -d 'Print the timer alone'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand systemd" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand completions" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand man" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l profile -d 'Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]' -r -f -a "(backup-fetch config profiles 2>/dev/null)"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l config -d 'Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l dc -d 'Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]' -r -f -a "us\t''
eu\t''
in\t''
au\t''
jp\t''
ca\t''
sa\t''
cn\t''
uk\t''
ae\t''
sg\t''"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l api-domain -d 'API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l accounts-url -d 'Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l download-domain -d 'Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l api-version -d 'Version of Zoho\'s API [default: v8]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l ca-cert -d 'File of PEM certificates to trust in addition to the system\'s' -r -F
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l retries -d 'Retries after a failure; any progress resets the count [default: 10]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l retry-wait -d 'Delay before the first retry; it doubles with each, up to a minute [default: 1s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l connect-timeout -d 'Maximum time to establish a connection [default: 10s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l stall-timeout -d 'How long a server may send nothing before the connection is dropped and retried [default: 60s]' -r
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l progress -d 'How to show progress: auto, bar, plain or none' -r -f -a "auto\t'Bars on a terminal, plain lines elsewhere'
bar\t'Bars, even without a terminal'
plain\t'One line per finished file, and a status line every minute'
none\t'Nothing'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l all-profiles -d 'Run every profile in the configuration file in turn (list, download, check, prune and status only)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -l json -d 'Print JSON on stdout: one document, or one event per line for download and request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -s q -l quiet -d 'Print only warnings and errors on stderr'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -s v -l verbose -d 'Log more on stderr; -vv logs every request'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand version" -s h -l help -d 'Print help'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "list" -d 'Print the links of the latest backup, data first, one per line'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "download" -d 'Fetch and verify every file of the latest backup, into a folder of its own under DIR'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "verify" -d 'Check that saved backups are complete and undamaged, without asking Zoho'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "check" -d 'Check that the newest complete backup saved is not too old, without asking Zoho'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "prune" -d 'Remove old saved backups by the rules of restic; the newest complete one always stays'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "login" -d 'Exchange a code from Zoho\'s API console for a refresh token, and store it'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "logout" -d 'Revoke the refresh token at Zoho, and delete it here'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "config" -d 'Check the configuration file, or list its profiles'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "request" -d 'Request a backup from Zoho now; each counts against the monthly allowance'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "schedule" -d 'Schedule the recurring backup at Zoho'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "cancel" -d 'Cancel the recurring backup at Zoho'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "status" -d 'Show the state of the backup at Zoho'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "history" -d 'Show Zoho\'s backup log of the last year, newest first'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "inspect" -d 'Show what a saved backup holds, what is missing in it, and what changed since the one before'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "doctor" -d 'Check everything a run needs, change nothing, and say how to fix what fails'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "systemd" -d 'Print a systemd service and timer that run `download` for the profile every night'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "completions" -d 'Print the completion script for a shell'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "man" -d 'Write the man pages, one for each command, into a folder'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "version" -d 'Print the version, and what the program was built from'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and not __fish_seen_subcommand_from list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "check" -d 'Check the keys, values and secrets of every profile, without using the network'
complete -c backup-fetch -n "__fish_backup_fetch_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "profiles" -d 'Print the names of the profiles, one per line'
