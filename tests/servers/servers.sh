#!/usr/bin/env bash
# Debian's Dovecot and Postfix for tests and the demo: unprivileged, on free loopback ports, all of it in one folder.
#
#   servers.sh start DIR   makes DIR, starts both, returns when both accept connections; DIR/env says how to reach them
#   servers.sh stop DIR    stops what `start` started and removes DIR
#   servers.sh run DIR     start, print `ready`, stop as soon as standard input ends (so nothing outlives a killed test)
#
# Root drops to `nobody` for every server process; anybody else stays who he is. Dovecot runs like that as it is.
# Postfix insists on changing user ids: libuid_wrapper and libnss_wrapper let it believe that it does.
# Nothing leaves the machine: every domain is delivered to Dovecot by LMTP, any user name gets a mailbox, one password
# fits all, and access tokens (ASKBACK_OAUTH_MECHANISMS, by default "xoauth2 oauthbearer") are asked about at
# http://127.0.0.1:OAUTH_PORT/introspect. See servers.conf.sh beside this file for the two configurations.
set -euo pipefail
# Debian keeps both servers in sbin, which ordinary users do not have in their path.
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
    printf 'servers.sh: %s\n' "$*" >&2
    exit 69 # EX_UNAVAILABLE
}

usage() {
    printf 'usage: servers.sh start|stop|run DIR\n' >&2
    exit 64 # EX_USAGE
}

# --- what must be there -------------------------------------------------------------------------------------------

library() { # NAME: its path
    local found
    for found in /usr/lib/*/"$1" /usr/lib/"$1"; do
        [[ ! -e $found ]] || { printf '%s' "$found" && return; }
    done
}

require() {
    local missing=()
    [[ -x /usr/lib/dovecot/imap ]] || missing+=(dovecot-imapd)
    [[ -x /usr/lib/dovecot/lmtp ]] || missing+=(dovecot-lmtpd)
    [[ -x /usr/lib/postfix/sbin/master ]] || missing+=(postfix)
    [[ -n $(library libuid_wrapper.so) ]] || missing+=(libuid-wrapper)
    [[ -n $(library libnss_wrapper.so) ]] || missing+=(libnss-wrapper)
    command -v openssl >/dev/null || missing+=(openssl)
    ((${#missing[@]} == 0)) ||
        fail "these Debian packages are missing: ${missing[*]}. Install them with \`make deps\` (or apt-get install)."
}

# --- who runs the servers -----------------------------------------------------------------------------------------

as_user=()
user=$(id -un 2>/dev/null) || fail "user id $(id -u) has no name in /etc/passwd, and Postfix wants one"
if [[ $(id -u) == 0 ]]; then
    user=nobody
    as_user=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups --no-new-privs --)
fi
group=$(id -gn "$user")

# --- ports --------------------------------------------------------------------------------------------------------

accepts() { # PORT: does somebody listen there?
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

taken=" "
oauth_mechanisms=${ASKBACK_OAUTH_MECHANISMS-xoauth2 oauthbearer}
free_port() { # sets $port; below the range that the kernel gives to outgoing connections
    local tries
    for ((tries = 0; tries < 200; tries++)); do
        port=$((20000 + SRANDOM % 12000))
        if [[ $taken != *" $port "* ]] && ! accepts "$port"; then
            taken+="$port "
            return
        fi
    done
    fail "found no free port on 127.0.0.1"
}

# --- start --------------------------------------------------------------------------------------------------------

certificates() { # a throw-away authority, and a certificate of it for localhost
    local tls=$dir/tls
    {
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
            -subj '/CN=askback throw-away CA' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
            -keyout "$tls/ca.key" -out "$tls/ca.pem"
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=localhost' \
            -keyout "$tls/server.key" -out "$tls/server.csr"
        openssl x509 -req -in "$tls/server.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 30 \
            -extfile <(printf '%s\n' 'subjectAltName=DNS:localhost,DNS:mail.test,IP:127.0.0.1,IP:127.0.0.2' \
                'basicConstraints=critical,CA:FALSE' 'extendedKeyUsage=serverAuth') -out "$tls/server.pem"
    } 2>"$dir/log/openssl.log" || fail "openssl could not make certificates: $(tail -n 1 "$dir/log/openssl.log")"
}

launch() { # NAME COMMAND…: in a session of its own, its pid in DIR/NAME.pid
    local name=$1
    shift
    setsid "${as_user[@]}" "$@" </dev/null >>"$dir/log/$name.out" 2>&1 &
    printf '%s\n' $! >"$dir/$name.pid"
}

greets() { # PORT: does an SMTP server answer there?
    local line
    (exec 3<>"/dev/tcp/127.0.0.1/$1" && read -r -t 5 line <&3 && printf 'QUIT\r\n' >&3 && [[ $line == 220* ]]) 2>/dev/null
}

wait_for() { # NAME TEST PORT: until it does; the reason if it does not
    local name=$1 until=$((SECONDS + 20))
    until "$2" "$3"; do
        if ! alive "$name" || ((SECONDS > until)); then
            { cat "$dir/log/$name.out" "$dir/log/$name.log" || true; } 2>/dev/null | tail -n 8 >&2
            stop || true
            fail "$name did not start: its last words are above"
        fi
        sleep 0.02
    done
}

start() {
    require
    ((${#dir} <= 60)) || fail "$dir is too long a path for sockets in it (60 characters at most)"
    mkdir -m 0755 "$dir" 2>/dev/null || fail "cannot make the folder $dir (it must not exist yet)"
    mkdir "$dir"/{log,tls,mail,dovecot,postfix,queue,data}
    certificates
    local port
    free_port; imaps_port=$port
    free_port; imaps_poll_port=$port
    free_port; smtp_port=$port
    free_port; submission_port=$port
    free_port; submissions_port=$port
    free_port; oauth_port=$port # for a test to listen on
    password=$(openssl rand -hex 12)
    (umask 077 && printf '%s' "$password" >"$dir/password")
    # shellcheck source=servers.conf.sh
    source "$here/servers.conf.sh"
    dovecot_conf >"$dir/dovecot/dovecot.conf"
    dovecot_oauth2_conf >"$dir/dovecot/oauth2.conf.ext"
    postfix_main_cf >"$dir/postfix/main.cf"
    postfix_master_cf >"$dir/postfix/master.cf"
    if ((${#as_user[@]})); then
        chown -R "$user:$group" "$dir"
        "${as_user[@]}" test -w "$dir" || fail "the user $user cannot reach $dir: choose a folder that he can enter"
    fi
    postfix_users
    postfix_queue
    launch dovecot dovecot -F -c "$dir/dovecot/dovecot.conf"
    launch postfix env MAIL_CONFIG="$dir/postfix" \
        LD_PRELOAD="$(library libnss_wrapper.so):$(library libuid_wrapper.so)" UID_WRAPPER=1 UID_WRAPPER_ROOT=1 \
        NSS_WRAPPER_PASSWD="$dir/postfix/passwd" NSS_WRAPPER_GROUP="$dir/postfix/group" \
        /usr/lib/postfix/sbin/master -d -c "$dir/postfix"
    wait_for dovecot accepts "$imaps_port"
    wait_for postfix greets "$smtp_port"
    environment >"$dir/env.new"
    mv "$dir/env.new" "$dir/env"
}

environment() { # KEY=VALUE lines: for shells to source and for programs to read
    printf '%s\n' "DIR=$dir" "HOST=localhost" "IMAPS_PORT=$imaps_port" "IMAPS_POLL_PORT=$imaps_poll_port" \
        "SMTP_PORT=$smtp_port" "SUBMISSION_PORT=$submission_port" "SUBMISSIONS_PORT=$submissions_port" "OAUTH_PORT=$oauth_port" \
        "CA_FILE=$dir/tls/ca.pem" "PASSWORD=$password" "PASSWORD_FILE=$dir/password" "MAIL=$dir/mail" "USER=$user"
}

# --- stop ---------------------------------------------------------------------------------------------------------

alive() { # NAME: is the process that we have just launched there? It may not have become what it will be yet
    kill -0 "$(cat "$dir/$1.pid")" 2>/dev/null
}

running() { # NAME: is the process of DIR/NAME.pid there, and is it ours? (numbers are used again)
    local pid
    pid=$(cat "$dir/$1.pid" 2>/dev/null) && { tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "$dir/"; } 2>/dev/null
}

stop() {
    local name pid until=$((SECONDS + 5))
    [[ -d $dir/tls && -d $dir/queue ]] || fail "$dir is not a folder that \`servers.sh start\` made"
    for name in askback postfix dovecot; do # the demo may have put an askback here
        if running "$name"; then kill -TERM "$(cat "$dir/$name.pid")" 2>/dev/null || true; fi
    done
    for name in askback postfix dovecot; do
        while running "$name" && ((SECONDS < until)); do sleep 0.02; done
        # The servers lead process groups of their own.
        if running "$name"; then
            pid=$(cat "$dir/$name.pid")
            kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
        fi
    done
    until rm -rf -- "$dir" 2>/dev/null; do # a last child may still be writing
        ((SECONDS < until + 5)) || fail "could not remove $dir"
        sleep 0.05
    done
}

# --- the command --------------------------------------------------------------------------------------------------

(($# == 2)) || usage
[[ $2 == /* && $2 != *[[:space:]]* ]] || fail "DIR must be an absolute path without spaces, not '$2'"
dir=${2%/}
case $1 in
    start) start ;;
    stop) stop ;;
    run)
        trap 'exit 1' INT TERM HUP
        trap '[[ ! -d $dir/tls ]] || stop' EXIT
        start
        printf 'ready\n'
        cat >/dev/null
        ;;
    *) usage ;;
esac
