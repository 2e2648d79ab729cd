#!/bin/sh
# Installs or updates Edge Reps from one signed bundle, without a network. Prints what it does.
#
#   sudo sh install.sh --key release.pub edge-reps-1.2.0.tar     the first time
#   sudo edge-reps-update FILE | FOLDER | /dev/sdX1 | URL        later; the key is kept on the device
#
# This file checks the signature and that the bundle is complete; the bundle's own updater does the rest.
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 022
LC_ALL=C
export PATH LC_ALL

OPT=/opt/edge-reps
KEY=/etc/edge-reps/release.pub
DATA=/var/lib/edge-reps
INCOMING=$OPT/incoming

say() { printf '%s\n' "$*"; }
die() {
    printf 'edge-reps: %s\n' "$*" >&2
    exit 2
}

usage() {
    say "install.sh [--key PUBLIC-KEY] [--dry-run] [--root DIR] BUNDLE"
    say "  BUNDLE     a file, a folder or stick with bundles (the newest is taken), /dev/sdX1, or a URL"
    say "  --key      signify's public key; it is kept, and later bundles must be signed with it"
    say "  --dry-run  check the bundle and say what would be done"
    say "  --root     install into a system that does not run, such as a card's"
    say "install.sh --return      go back to the release before this one"
    say "install.sh --uninstall [--purge]    --purge deletes settings and results, too"
}

# Cleans up however this script ends. dash exits silently on a signal without its own trap.
scratch='' stick='' proc=''
clean() {
    if [ -n "$scratch" ]; then rm -rf "$scratch"; fi
    if [ -n "$proc" ]; then umount "$proc"; fi
    if [ -n "$stick" ]; then umount "$stick"; fi
}
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The names in the checksums, one per line.
listed() { sed 's/^[0-9a-f]\{64\}  //' "$1/SHA256SUMS"; }

# verify BUNDLE KEY FOLDER: unpacks into the folder only what the key's owner signed, all of it.
verify() {
    command -v signify-openbsd >/dev/null || die "signify is missing: apt install signify-openbsd"
    tar -tf "$1" >"$3/names" 2>/dev/null || die "$1 is not a bundle, or incomplete"
    tar -xf "$1" -C "$3" SHA256SUMS SHA256SUMS.sig 2>/dev/null || die "$1 is not signed"
    signify-openbsd -V -q -p "$2" -m "$3/SHA256SUMS" -x "$3/SHA256SUMS.sig" >/dev/null 2>&1 ||
        die "$1 is not signed by the owner of $2"
    { printf 'SHA256SUMS\nSHA256SUMS.sig\n' && listed "$3"; } | sort >"$3/wanted"
    sort "$3/names" | cmp -s - "$3/wanted" || die "$1 is incomplete, or contains more than was signed"
    if tar -tvf "$1" | grep -q -v '^-'; then die "$1 contains more than plain files"; fi
    rm "$3/names" "$3/wanted"
    tar -xf "$1" -C "$3" --no-same-owner 2>/dev/null || die "$1 is incomplete, or the disk is full"
    (cd "$3" && sha256sum --strict --quiet -c SHA256SUMS >/dev/null 2>&1) ||
        die "$1 is damaged: its files differ from those that were signed"
}

# The newest bundle in a folder.
newest() {
    # By the name only: folders on the way have no version.
    found=$(find "$1" -maxdepth 2 -name 'edge-reps-*.tar' -printf '%f\t%p\n' | sort -V | tail -n 1)
    [ -n "$found" ] || die "no edge-reps-VERSION.tar on $1"
    printf '%s' "$found" | cut -f 2-
}

fetch() {
    say "fetching $1"
    python3 - "$1" "$2" 2>/dev/null <<'PY' || die "cannot fetch $1"
import shutil, sys, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=30) as source, open(sys.argv[2], "wb") as out:
    shutil.copyfileobj(source, out)
PY
}

# The interpreter for which the bundle has wheels; "" if there is none.
interpreter() {
    machine=$(uname -m)
    for minor in 13 12 11 10 8; do
        if [ -f "$1/locks/cp3$minor-$machine.txt" ] && command -v "python3.$minor" >/dev/null; then
            printf 'python3.%s' "$minor"
            return
        fi
    done
}

# Debian packages in the bundle for this system, such as Python 3.8 for Ubuntu 18.04.
install_debs() {
    # shellcheck source=/dev/null
    . /etc/os-release
    debs=$1/debs/${VERSION_CODENAME:-none}-$(dpkg --print-architecture)
    [ -d "$debs" ] || return 0
    say "installing the packages of $debs"
    dpkg --install "$debs"/*.deb
}

apply() { # BUNDLE KEY DRY
    if [ "$3" = yes ]; then
        folder=$(mktemp -d /var/tmp/edge-reps.XXXXXX)
    else
        folder=$INCOMING
        rm -rf "$folder" # left by an update interrupted by a power cut
        mkdir -p "$folder"
    fi
    scratch=$folder
    bundle=$1
    case $bundle in
    http://* | https://*)
        fetch "$bundle" "$folder/fetched.tar"
        bundle=$folder/fetched.tar
        ;;
    esac
    mkdir "$folder/bundle"
    verify "$bundle" "$2" "$folder/bundle"
    say "signature and checksums are right"
    python=$(interpreter "$folder/bundle")
    if [ -z "$python" ] && [ "$3" = no ]; then
        install_debs "$folder/bundle"
        python=$(interpreter "$folder/bundle")
    fi
    have=$(cd "$folder/bundle/locks" && echo *.txt | sed 's/\.txt//g')
    [ -n "$python" ] || die "the bundle is for $have, but this system has none of them"
    if [ "$3" = yes ]; then set -- --key "$2" --dry-run; else set -- --key "$2"; fi
    set -- "$folder/bundle" --python "$python" "$@"
    PYTHONPATH=$folder/bundle PYTHONDONTWRITEBYTECODE=1 "$python" -m updater apply "$@"
}

# into ROOT ARGS…: this script, run by the system in a folder.
into() {
    root=$1
    shift
    if ! mountpoint -q "$root/proc"; then
        mount -t proc proc "$root/proc"
        proc=$root/proc
    fi
    chroot "$root" /bin/sh /var/tmp/edge-reps-install/install.sh "$@"
}

install_into() { # ROOT BUNDLE KEY DRY
    stage=$1/var/tmp/edge-reps-install
    name=${2##*/}
    rm -rf "$stage"
    mkdir -p "$stage"
    scratch=$stage
    cp "$0" "$stage/install.sh"
    cp "$2" "$stage/$name"
    cp "$3" "$stage/key.pub"
    if [ "$4" = yes ]; then set -- "$1" --dry-run; else set -- "$1"; fi
    here=/var/tmp/edge-reps-install
    into "$@" --key $here/key.pub "$here/$name"
}

uninstall() { # PURGE
    if [ -d /run/systemd/system ]; then
        systemctl disable --now edge-reps.service edge-reps-screen.service \
            edge-reps-engine.service edge-reps-power.service edge-reps-confirm.service \
            edge-reps-station.service edge-reps-server.timer edge-reps-server.service || true
    fi
    # Only links into our own folder, and what the updater copied.
    find /etc/systemd /usr/local/bin /usr/local/sbin -lname "$OPT/*" -delete
    find /etc/systemd/system -type d -name 'edge-reps*.d' -empty -delete
    rm -rf "$OPT"
    if [ "$1" = yes ]; then
        rm -rf "$DATA" "${KEY%/*}"
        if id -u edge-reps >/dev/null 2>&1; then userdel edge-reps; fi
    else
        say "kept: settings in ${KEY%/*}, results in $DATA (--purge deletes them)"
    fi
    if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
    say "Edge Reps is uninstalled"
}

main() {
    key='' dry=no root='' purge=no does='apply'
    while [ $# -gt 0 ]; do
        case $1 in
        --key | --root)
            [ $# -gt 1 ] || die "$1 needs a value"
            if [ "$1" = --key ]; then key=$2; else root=${2%/}; fi
            shift
            ;;
        --dry-run) dry=yes ;;
        --return) does='return' ;;
        --uninstall) does=uninstall ;;
        --purge) purge=yes ;;
        -h | --help)
            usage
            exit 0
            ;;
        -*) die "unknown option $1; --help lists them" ;;
        *) break ;;
        esac
        shift
    done
    [ "$(id -u)" = 0 ] || die "must run as root: use sudo"
    if [ $# -ne 0 ] && [ "$does" != apply ]; then die "--$does does not take a bundle"; fi

    if [ -n "$root" ]; then
        [ "$does" = apply ] || die "--root needs a bundle"
        [ -d "$root/etc" ] || die "no system in $root"
    else # for a root, this script holds the lock inside of it
        mkdir -p /run/lock
        exec 9>/run/lock/edge-reps
        flock -n 9 || die "another update is running"
    fi
    case $does in
    uninstall) uninstall "$purge" ;;
    return)
        [ -e $OPT/current/updater ] || die "Edge Reps is not installed"
        PYTHONPATH=$OPT/current $OPT/current/venv/bin/python -m updater return
        ;;
    apply)
        [ $# -eq 1 ] || die "give one bundle; see --help"
        source=$1
        case $source in
        http://* | https://*) [ -z "$root" ] || die "--root takes a file, not a URL" ;;
        *) [ -e "$source" ] || die "no such file: $source" ;;
        esac
        if [ -b "$source" ]; then
            mkdir -p /run/edge-reps-stick
            mount -o ro,nosuid,nodev,noexec "$source" /run/edge-reps-stick ||
                die "cannot read $source"
            stick=/run/edge-reps-stick
            source=/run/edge-reps-stick
        fi
        if [ -d "$source" ]; then source=$(newest "$source"); fi
        if [ -f "$root$KEY" ]; then
            if [ -n "$key" ] && ! cmp -s "$key" "$root$KEY"; then
                die "this device accepts bundles signed with $KEY, which differs from $key"
            fi
            key=$root$KEY
        fi
        [ -n "$key" ] || die "the first install needs the public key: --key release.pub"
        [ -f "$key" ] || die "no such key: $key"
        if [ -n "$root" ]; then
            install_into "$root" "$source" "$key" "$dry"
        else
            apply "$source" "$key" "$dry"
        fi
        ;;
    esac
}

main "$@"
