_backup__fetch() {
    local i cur prev opts cmd
    COMPREPLY=()
    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        cur="$2"
    else
        cur="${COMP_WORDS[COMP_CWORD]}"
    fi
    prev="$3"
    cmd=""
    opts=""

    for i in "${COMP_WORDS[@]:0:COMP_CWORD}"
    do
        case "${cmd},${i}" in
            ",$1")
                cmd="backup__fetch"
                ;;
            backup__fetch,cancel)
                cmd="backup__fetch__subcmd__cancel"
                ;;
            backup__fetch,check)
                cmd="backup__fetch__subcmd__check"
                ;;
            backup__fetch,completions)
                cmd="backup__fetch__subcmd__completions"
                ;;
            backup__fetch,config)
                cmd="backup__fetch__subcmd__config"
                ;;
            backup__fetch,doctor)
                cmd="backup__fetch__subcmd__doctor"
                ;;
            backup__fetch,download)
                cmd="backup__fetch__subcmd__download"
                ;;
            backup__fetch,help)
                cmd="backup__fetch__subcmd__help"
                ;;
            backup__fetch,history)
                cmd="backup__fetch__subcmd__history"
                ;;
            backup__fetch,inspect)
                cmd="backup__fetch__subcmd__inspect"
                ;;
            backup__fetch,list)
                cmd="backup__fetch__subcmd__list"
                ;;
            backup__fetch,login)
                cmd="backup__fetch__subcmd__login"
                ;;
            backup__fetch,logout)
                cmd="backup__fetch__subcmd__logout"
                ;;
            backup__fetch,man)
                cmd="backup__fetch__subcmd__man"
                ;;
            backup__fetch,prune)
                cmd="backup__fetch__subcmd__prune"
                ;;
            backup__fetch,request)
                cmd="backup__fetch__subcmd__request"
                ;;
            backup__fetch,schedule)
                cmd="backup__fetch__subcmd__schedule"
                ;;
            backup__fetch,status)
                cmd="backup__fetch__subcmd__status"
                ;;
            backup__fetch,systemd)
                cmd="backup__fetch__subcmd__systemd"
                ;;
            backup__fetch,verify)
                cmd="backup__fetch__subcmd__verify"
                ;;
            backup__fetch,version)
                cmd="backup__fetch__subcmd__version"
                ;;
            backup__fetch__subcmd__config,check)
                cmd="backup__fetch__subcmd__config__subcmd__check"
                ;;
            backup__fetch__subcmd__config,help)
                cmd="backup__fetch__subcmd__config__subcmd__help"
                ;;
            backup__fetch__subcmd__config,profiles)
                cmd="backup__fetch__subcmd__config__subcmd__profiles"
                ;;
            backup__fetch__subcmd__config__subcmd__help,check)
                cmd="backup__fetch__subcmd__config__subcmd__help__subcmd__check"
                ;;
            backup__fetch__subcmd__config__subcmd__help,help)
                cmd="backup__fetch__subcmd__config__subcmd__help__subcmd__help"
                ;;
            backup__fetch__subcmd__config__subcmd__help,profiles)
                cmd="backup__fetch__subcmd__config__subcmd__help__subcmd__profiles"
                ;;
            backup__fetch__subcmd__help,cancel)
                cmd="backup__fetch__subcmd__help__subcmd__cancel"
                ;;
            backup__fetch__subcmd__help,check)
                cmd="backup__fetch__subcmd__help__subcmd__check"
                ;;
            backup__fetch__subcmd__help,completions)
                cmd="backup__fetch__subcmd__help__subcmd__completions"
                ;;
            backup__fetch__subcmd__help,config)
                cmd="backup__fetch__subcmd__help__subcmd__config"
                ;;
            backup__fetch__subcmd__help,doctor)
                cmd="backup__fetch__subcmd__help__subcmd__doctor"
                ;;
            backup__fetch__subcmd__help,download)
                cmd="backup__fetch__subcmd__help__subcmd__download"
                ;;
            backup__fetch__subcmd__help,help)
                cmd="backup__fetch__subcmd__help__subcmd__help"
                ;;
            backup__fetch__subcmd__help,history)
                cmd="backup__fetch__subcmd__help__subcmd__history"
                ;;
            backup__fetch__subcmd__help,inspect)
                cmd="backup__fetch__subcmd__help__subcmd__inspect"
                ;;
            backup__fetch__subcmd__help,list)
                cmd="backup__fetch__subcmd__help__subcmd__list"
                ;;
            backup__fetch__subcmd__help,login)
                cmd="backup__fetch__subcmd__help__subcmd__login"
                ;;
            backup__fetch__subcmd__help,logout)
                cmd="backup__fetch__subcmd__help__subcmd__logout"
                ;;
            backup__fetch__subcmd__help,man)
                cmd="backup__fetch__subcmd__help__subcmd__man"
                ;;
            backup__fetch__subcmd__help,prune)
                cmd="backup__fetch__subcmd__help__subcmd__prune"
                ;;
            backup__fetch__subcmd__help,request)
                cmd="backup__fetch__subcmd__help__subcmd__request"
                ;;
            backup__fetch__subcmd__help,schedule)
                cmd="backup__fetch__subcmd__help__subcmd__schedule"
                ;;
            backup__fetch__subcmd__help,status)
                cmd="backup__fetch__subcmd__help__subcmd__status"
                ;;
            backup__fetch__subcmd__help,systemd)
                cmd="backup__fetch__subcmd__help__subcmd__systemd"
                ;;
            backup__fetch__subcmd__help,verify)
                cmd="backup__fetch__subcmd__help__subcmd__verify"
                ;;
            backup__fetch__subcmd__help,version)
                cmd="backup__fetch__subcmd__help__subcmd__version"
                ;;
            backup__fetch__subcmd__help__subcmd__config,check)
                cmd="backup__fetch__subcmd__help__subcmd__config__subcmd__check"
                ;;
            backup__fetch__subcmd__help__subcmd__config,profiles)
                cmd="backup__fetch__subcmd__help__subcmd__config__subcmd__profiles"
                ;;
            *)
                ;;
        esac
    done

    case "${cmd}" in
        backup__fetch)
            opts="-q -v -h -V --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help --version list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 1 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__cancel)
            opts="-q -v -h --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__check)
            opts="-o -q -v -h --max-age --out --store-option --nagios --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --max-age)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --out)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --store-option)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__completions)
            opts="-q -v -h --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help bash elvish fish powershell zsh"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__config)
            opts="-q -v -h --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help check profiles help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__config__subcmd__check)
            opts="-q -v -h --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__config__subcmd__help)
            opts="check profiles help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__config__subcmd__help__subcmd__check)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__config__subcmd__help__subcmd__help)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__config__subcmd__help__subcmd__profiles)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__config__subcmd__profiles)
            opts="-q -v -h --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__doctor)
            opts="-o -q -v -h --out --require-mount --store-option --strict --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --out)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --require-mount)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --store-option)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__download)
            opts="-o -j -q -v -h --out --staging --require-mount --jobs --limit-rate --max-duration --wait-lock --lock --only --match --require-new --inspect --max-drop --dry-run --ignore-expiry --no-ranges --no-resume --refetch --allow-unverified --request --yes --prune --keep-last --keep-daily --keep-weekly --keep-monthly --keep-yearly --keep-within --wait --poll-wait --store-option --ping --ping-body --on-success --on-failure --hook-timeout --metrics --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --out)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --staging)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --require-mount)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --jobs)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -j)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --limit-rate)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-duration)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --wait-lock)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --lock)
                    COMPREPLY=($(compgen -W "flock none" -- "${cur}"))
                    return 0
                    ;;
                --only)
                    COMPREPLY=($(compgen -W "data attachments" -- "${cur}"))
                    return 0
                    ;;
                --match)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-drop)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keep-last)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keep-daily)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keep-weekly)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keep-monthly)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keep-yearly)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keep-within)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --poll-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --store-option)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ping)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --on-success)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --on-failure)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --hook-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --metrics)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help)
            opts="list download verify check prune login logout config request schedule cancel status history inspect doctor systemd completions man version help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__cancel)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__check)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__completions)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__config)
            opts="check profiles"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__config__subcmd__check)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__config__subcmd__profiles)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__doctor)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__download)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__help)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__history)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__inspect)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__list)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__login)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__logout)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__man)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__prune)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__request)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__schedule)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__status)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__systemd)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__verify)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__help__subcmd__version)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__history)
            opts="-q -v -h --limit --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --limit)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__inspect)
            opts="-q -v -h --against --max-drop --module --where --id --extract --to --html --force --store-option --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --against)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-drop)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --module)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --where)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --extract)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --to)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --html)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --store-option)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__list)
            opts="-q -v -h --long --saved --store-option --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --saved)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --store-option)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__login)
            opts="-y -q -v -h --print --code-stdin --browser --redirect-uri --scope --yes --keyring --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --browser)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --redirect-uri)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --scope)
                    COMPREPLY=($(compgen -W "fetch all" -- "${cur}"))
                    return 0
                    ;;
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__logout)
            opts="-q -v -h --forget --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__man)
            opts="-q -v -h --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__prune)
            opts="-o -q -v -h --out --require-mount --keep-last --keep-daily --keep-weekly --keep-monthly --keep-yearly --keep-within --store-option --dry-run --wait-lock --lock --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --out)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --require-mount)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keep-last)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keep-daily)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keep-weekly)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keep-monthly)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keep-yearly)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keep-within)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --store-option)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --wait-lock)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --lock)
                    COMPREPLY=($(compgen -W "flock none" -- "${cur}"))
                    return 0
                    ;;
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__request)
            opts="-q -v -h --yes --dry-run --wait --poll-wait --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --poll-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__schedule)
            opts="-q -v -h --weekly --every --on --monthly --dry-run --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --weekly)
                    COMPREPLY=($(compgen -W "mon tue wed thu fri sat sun" -- "${cur}"))
                    return 0
                    ;;
                --every)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --on)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --monthly)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__status)
            opts="-q -v -h --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__systemd)
            opts="-o -q -v -h --service --timer --on-calendar --user --out --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --on-calendar)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --user)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --out)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__verify)
            opts="-q -v -h --quick --sample --repair --wait-lock --ping --ping-body --on-success --on-failure --hook-timeout --metrics --store-option --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --sample)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --wait-lock)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ping)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --on-success)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --on-failure)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --hook-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --metrics)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --store-option)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
        backup__fetch__subcmd__version)
            opts="-q -v -h --profile --all-profiles --config --dc --api-domain --accounts-url --download-domain --api-version --ca-cert --retries --retry-wait --connect-timeout --stall-timeout --json --quiet --verbose --progress --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=($(compgen -W "$("$1" config profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --dc)
                    COMPREPLY=($(compgen -W "us eu in au jp ca sa cn uk ae sg" -- "${cur}"))
                    return 0
                    ;;
                --api-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --accounts-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --download-domain)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-version)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ca-cert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retries)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --retry-wait)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connect-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stall-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --progress)
                    COMPREPLY=($(compgen -W "auto bar plain none" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -X "$([[ ${cur} == -* ]] || echo '-*')" -- "${cur}") )
            return 0
            ;;
    esac
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _backup__fetch -o nosort -o bashdefault -o default backup-fetch
else
    complete -F _backup__fetch -o bashdefault -o default backup-fetch
fi
