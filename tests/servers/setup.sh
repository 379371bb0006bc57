#!/usr/bin/env bash
# Installs what the Makefile's targets need and is not there yet; quick and silent when nothing is missing.
#
#   setup.sh packages NAME…   Debian packages, by apt-get (with sudo unless root). The machine's own Dovecot and
#                             Postfix are neither configured nor started: the tests bring their own
#   setup.sh toolchain        the Rust toolchain that rust-toolchain.toml names, by rustup
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf 'setup: %s\n' "$*" >&2; }
fail() {
    say "$@"
    exit 69 # EX_UNAVAILABLE
}

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "this needs root, and there is no sudo. As root, run: $*"
    fi
}

installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# --- packages -----------------------------------------------------------------------------------------------------

# Run as root. Debian starts a mail server as soon as it is installed unless /usr/sbin/policy-rc.d says no; that must not
# stay there, whatever ends this, or no service would be started any more. What dpkg says (how to set up Postfix, …) is
# shown only if it fails.
install_quietly='
set -eu
export DEBIAN_FRONTEND=noninteractive
words=$(mktemp)
policy=
trap "rm -f \"\$words\" \$policy" EXIT
trap "exit 130" INT TERM HUP # a trap of EXIT alone is not run by dash then
if [ ! -e /usr/sbin/policy-rc.d ]; then
    policy=/usr/sbin/policy-rc.d
    printf "#!/bin/sh\nexit 101\n" >$policy
    chmod 755 $policy
fi
case " $* " in *" postfix "*)
    printf "postfix postfix/main_mailer_type select No configuration\n" | debconf-set-selections ;;
esac
apt-get update -qq
apt-get install -y -qq --no-install-recommends --no-remove -o Dpkg::Use-Pty=0 "$@" >"$words" 2>&1 || {
    cat "$words" >&2
    exit 1
}
if command -v systemctl >/dev/null; then
    case " $* " in *" postfix "*) systemctl disable --quiet postfix.service || true ;; esac
    case " $* " in *" dovecot-imapd "*) systemctl disable --quiet dovecot.service dovecot.socket || true ;; esac
fi
'

packages() {
    local name missing=()
    command -v dpkg-query >/dev/null || {
        say "this is not a Debian: cannot look for the packages $*. Going on in the hope that they are there"
        return
    }
    for name in "$@"; do installed "$name" || missing+=("$name"); done
    ((${#missing[@]})) || return 0
    say "installing ${missing[*]}; this takes a minute"
    as_root sh -c "$install_quietly" setup "${missing[@]}" || {
        (($? != 130)) || exit 130 # Ctrl-C
        fail "apt-get could not install ${missing[*]}; its words are above. If it would have to remove another mail" \
            "server (exim4, say), run this on a machine or in a container that can do without it"
    }
}

# --- toolchain ----------------------------------------------------------------------------------------------------

complete() { cargo --version && cargo clippy --version && cargo fmt --version; }

toolchain() {
    local channel
    # Automatic installation stays off here: a download is announced before it starts.
    export RUSTUP_AUTO_INSTALL=0
    complete >/dev/null 2>&1 && return
    channel=$(sed -n 's/^channel *= *"\(.*\)"/\1/p' rust-toolchain.toml)
    if ! command -v rustup >/dev/null; then
        ! command -v cargo >/dev/null || say "there is a cargo but no rustup to bring Rust $channel"
        say "installing rustup for $(id -un) from https://rustup.rs"
        command -v curl >/dev/null || packages curl ca-certificates
        curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
            sh -s -- -y --quiet --no-modify-path --profile minimal --default-toolchain none ||
            fail "could not install rustup. Install it as https://rustup.rs says, then run this again"
    fi
    say "installing Rust $channel with clippy and rustfmt"
    rustup toolchain install "$channel" --profile minimal --component clippy --component rustfmt --no-self-update ||
        fail "rustup could not install Rust $channel; its words are above"
    complete >/dev/null || fail "Rust $channel is installed, and yet cargo, clippy or rustfmt do not run"
}

case ${1-} in
    packages) shift && packages "$@" ;;
    toolchain) toolchain ;;
    *) printf 'usage: setup.sh packages NAME… | toolchain\n' >&2 && exit 64 ;;
esac
