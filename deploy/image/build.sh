#!/usr/bin/env bash
# Builds the image of a card that boots into a counting station without questions.
#
#   sudo deploy/image/build.sh --base debian --bundle edge-reps-1.2.0.tar --key release.pub --out card.img
#   sudo deploy/image/build.sh --base jetson-nano-jp461-sd-card-image.img --bundle … --out card.img
#   sudo deploy/image/build.sh --base Tegra_Linux_Sample-Root-Filesystem_….tbz2 --bundle … --out rootfs.tbz2
#
# Debian and Ubuntu, as root: apt install mmdebstrap qemu-user-static binfmt-support dosfstools mtools fdisk
set -euo pipefail
umask 022

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly HERE
die() {
    printf 'build.sh: %s\n' "$*" >&2
    exit 2
}
# shellcheck source=disk.sh
. "$HERE/disk.sh"
# shellcheck source=debian.sh
. "$HERE/debian.sh"
# shellcheck source=nvidia.sh
. "$HERE/nvidia.sh"
# shellcheck source=customise.sh
. "$HERE/customise.sh"

usage() {
    cat <<END
build.sh --base BASE --bundle FILE --key FILE --out FILE
  --base        debian, or a tar of a Debian root that was made before,
                or NVIDIA's SD-card image (.img, unzipped) or root (.tbz2), your own download
  --bundle      edge-reps-VERSION.tar of deploy.bundle
  --key         the public key it is signed with
  --station     a station's file to put onto the boot partition; see docs/operate/handbook.md
  --read-only   the root is never written to; settings, results and releases have a partition of their own
  --ssh-key     a public key whose owner may log in as edge-operator and do everything; else nobody may
  --screen      Debian: with a browser for the device's own screen
  --console TTY Debian: messages of the start go there, too, such as ttyAMA0
END
}

base='' bundle='' key='' out='' station='' ssh_key='' read_only=no packages=$PACKAGES
console='' # named by --console
while [ $# -gt 0 ]; do
    case $1 in
    --base | --bundle | --key | --out | --station | --console | --ssh-key)
        [ $# -gt 1 ] || die "$1 needs a value"
        name=${1#--}
        printf -v "${name//-/_}" '%s' "$2"
        shift
        ;;
    --read-only) read_only=yes ;;
    --screen) packages+=,$SCREEN ;;
    -h | --help)
        usage
        exit 0
        ;;
    *) die "unknown option $1; --help lists them" ;;
    esac
    shift
done
for option in base bundle key out; do [ -n "${!option}" ] || die "--$option is needed"; done
for file in "$bundle" "$key" ${station:+"$station"} ${ssh_key:+"$ssh_key"}; do [ -f "$file" ] || die "no such file: $file"; done
[ "$(id -u)" = 0 ] || die "must run as root: the image's files belong to many users"
installer=$HERE/../install.sh

work=$(mktemp -d "$(realpath "$(dirname "$out")")/.edge-reps-image.XXXXXX")
root=$work/root loop=''
cleanup() {
    local there
    for there in proc sys dev; do
        if mountpoint -q "$root/$there"; then umount "$root/$there"; fi
    done
    if mountpoint -q "$root"; then umount "$root"; fi
    if [ -n "$loop" ]; then losetup --detach "$loop"; fi
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT

case $base in
debian | *.tar)
    if [ -n "$ssh_key" ]; then packages+=,openssh-server,sudo; fi
    if [ "$base" = debian ]; then
        make_debian "$root" "$packages"
    else
        [ -f "$base" ] || die "no such file: $base"
        mkdir "$root"
        tar -xpf "$base" -C "$root" --numeric-owner || die "$base is not a root file system, or incomplete"
    fi
    customise "$root" "$bundle" "$key" "$installer" "$read_only" "$ssh_key"
    write_debian_card "$work" "$root" "$work/card.img" "$read_only" "$console" "$station"
    ;;
*.img)
    [ -f "$base" ] || die "no such file: $base"
    [ "$read_only" = no ] || die "--read-only is for Debian's card: NVIDIA's has no data partition"
    [ -z "$station" ] || die "NVIDIA's card has no boot partition that a PC can write: put the station file onto a USB stick"
    open_nvidia_card "$base" "$work/card.img" "$root"
    customise "$root" "$bundle" "$key" "$installer" "$read_only" "$ssh_key"
    close_nvidia_card "$work/card.img" "$root"
    ;;
*.tbz2)
    [ -f "$base" ] || die "no such file: $base"
    [ "$read_only" = no ] || die "--read-only needs a card: flash.sh makes the partitions of a root"
    mkdir "$root"
    tar -xpf "$base" -C "$root" --numeric-owner || die "$base is not NVIDIA's root file system, or incomplete"
    customise "$root" "$bundle" "$key" "$installer" no "$ssh_key"
    tar -cjpf "$work/card.img" -C "$root" --numeric-owner .
    ;;
*) die "--base must be debian, a root .tar, or NVIDIA's .img or .tbz2" ;;
esac
sync "$work/card.img"
mv "$work/card.img" "$out"
echo "$out: $(du -m --apparent-size "$out" | cut -f1) MiB"
