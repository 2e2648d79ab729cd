# shellcheck shell=bash
# NVIDIA's SD-card image, the operator's own download: sourced by build.sh. Its partitions stay where
# they are; the root, APP, is number 1 and the last on the disk, so it can grow.

readonly ROOM_MIB=2048 # for the program beside NVIDIA's software

# app_of IMAGE prints number, first sector and sectors of the partition APP.
app_of() {
    sfdisk -J "$1" | python3 -c '
import json, re, sys
parts = json.load(sys.stdin)["partitiontable"]["partitions"]
for part in parts:
    if part.get("name") == "APP":
        behind = [p for p in parts if p["start"] > part["start"]]
        if not behind:
            print(re.search(r"(\d+)$", part["node"]).group(1), part["start"], part["size"])
'
}

# open_nvidia_card IMAGE COPY ROOT: a copy with room, its root mounted.
open_nvidia_card() {
    local image=$1 copy=$2 root=$3 number first sectors
    [ -n "$(app_of "$image")" ] || die "$image has no last partition APP: it is not NVIDIA's SD-card image"
    cp --sparse=always "$image" "$copy"
    truncate -s "+${ROOM_MIB}M" "$copy"
    sfdisk -q --relocate gpt-bak-std "$copy"
    read -r number first sectors < <(app_of "$copy")
    echo ', +' | sfdisk -q -N "$number" "$copy"
    mount_app "$copy" "$root" yes
    [ -f "$root/etc/nv_tegra_release" ] || die "$image contains no Jetson software"
    # growpart makes the partition fill the card; not all of NVIDIA's images may have it.
    [ -x "$root/usr/bin/growpart" ] ||
        echo "$image has no growpart: the root stays at $((sectors / 2048)) + $ROOM_MIB MiB, however large the card"
}

# mount_app IMAGE ROOT GROW
mount_app() {
    local number first sectors device
    read -r number first sectors < <(app_of "$1")
    device=$(losetup --find --show --offset $((first * 512)) --sizelimit $((sectors * 512)) "$1") ||
        die "this machine has no loop device"
    loop=$device
    e2fsck -f -p "$device" >/dev/null || [ $? -le 1 ] || die "the root of $1 is damaged"
    if [ "$3" = yes ]; then resize2fs "$device" >/dev/null; fi
    mkdir -p "$2"
    mount "$device" "$2"
    for there in proc sys dev; do mount --bind "/$there" "$2/$there"; done
}

# close_nvidia_card COPY ROOT
close_nvidia_card() {
    for there in proc sys dev; do umount "$2/$there"; done
    umount "$2"
    losetup --detach "$loop"
    loop=''
}
