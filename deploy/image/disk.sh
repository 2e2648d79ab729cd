# shellcheck shell=bash
# Makes the image of a card from a folder, without loop devices: sourced by build.sh.
#
#   1  EDGE-REPS  FAT   EFI boot loader, kernel, initrd, and where the operator puts edge-reps.toml
#   2  root       ext4  grows on the first start; fixed where the root is read-only
#   3  data       ext4  only where the root is read-only; grows

readonly BOOT_MIB=192 DATA_MIB=512
readonly ESP=C12A7328-F81F-11D2-BA4B-00A0C93EC93B LINUX=0FC63DAF-8483-4772-8E79-3D69D8477DE4

# Size in MiB of an ext4 that holds a folder, with some room for the first start.
size_for() {
    local used
    used=$(du -smx "$1" | cut -f1)
    echo $((used + used / 4 + 128))
}

# Files of the boot partition: folder ← root, kernel's command line. systemd-boot is the loader.
make_boot() {
    local boot=$1 root=$2 line=$3 kernel
    kernel=$(basename "$(find "$root/boot" -name 'vmlinuz-*' | sort -V | tail -n 1)")
    mkdir -p "$boot/EFI/BOOT" "$boot/loader/entries"
    cp "$root/usr/lib/systemd/boot/efi/systemd-bootaa64.efi" "$boot/EFI/BOOT/BOOTAA64.EFI"
    cp "$root/boot/$kernel" "$boot/vmlinuz"
    cp "$root/boot/initrd.img-${kernel#vmlinuz-}" "$boot/initrd"
    printf 'default edge-reps.conf\ntimeout 0\n' >"$boot/loader/loader.conf"
    printf 'title Edge Reps\nlinux /vmlinuz\ninitrd /initrd\noptions %s\n' "$line" \
        >"$boot/loader/entries/edge-reps.conf"
}

# make_fat FILE FOLDER LABEL
make_fat() {
    truncate -s "${BOOT_MIB}M" "$1"
    mkfs.vfat -F 32 -n "$3" "$1" >/dev/null
    mcopy -s -i "$1" "$2"/* ::/
}

# make_ext4 FILE FOLDER LABEL MIB UUID
make_ext4() {
    rm -f "$1"
    mke2fs -q -t ext4 -L "$3" -U "$5" -m 1 -E lazy_itable_init=1 -d "$2" "$1" "$4M"
}

# join_parts IMAGE TYPE:NAME:FILE… puts file systems behind one another under a GPT.
join_parts() {
    local image=$1 start=2048 sectors type name file table="label: gpt"$'\n'
    shift
    local -a starts=()
    for part in "$@"; do
        IFS=: read -r type name file <<<"$part"
        sectors=$((($(stat -c %s "$file") + 511) / 512))
        table+="start=$start, size=$sectors, type=$type, name=\"$name\""$'\n'
        starts+=("$start")
        start=$(((start + sectors + 2047) / 2048 * 2048))
    done
    rm -f "$image"
    truncate -s $(((start + 2048) * 512)) "$image"
    sfdisk -q "$image" <<<"$table"
    for part in "$@"; do
        IFS=: read -r type name file <<<"$part"
        dd if="$file" of="$image" bs=1M oflag=seek_bytes conv=notrunc,sparse status=none \
            seek=$((starts[0] * 512))
        starts=("${starts[@]:1}")
    done
}

new_uuid() { cat /proc/sys/kernel/random/uuid; }

# write_debian_card WORK ROOT IMAGE READ_ONLY CONSOLE STATION
write_debian_card() {
    local work=$1 root=$2 image=$3 read_only=$4 console=$5 station=$6 id data_id line
    local -a parts
    id=$(new_uuid) data_id=$(new_uuid)
    line="root=UUID=$id ro panic=10 console=tty0${console:+ console=$console}"
    parts=("$ESP:boot:$work/boot.img" "$LINUX:root:$work/root.img")
    mkdir -p "$root/boot/efi"
    echo 'LABEL=EDGE-REPS /boot/efi vfat ro,umask=077,nofail 0 0' >"$root/etc/fstab"
    if [ "$read_only" = yes ]; then
        line+=" init=/usr/local/sbin/edge-reps-overlay"
        data_table "$root" "$data_id"
        mv "$root/data" "$work/data"
        mkdir "$root/data"
        make_ext4 "$work/data.img" "$work/data" edge-data "$(($(size_for "$work/data") + DATA_MIB))" "$data_id"
        parts+=("$LINUX:data:$work/data.img")
    else
        echo "UUID=$id / ext4 noatime,errors=remount-ro 0 1" >>"$root/etc/fstab"
    fi
    make_boot "$work/boot" "$root" "$line"
    if [ -n "$station" ]; then cp "$station" "$work/boot/edge-reps.toml"; fi
    make_fat "$work/boot.img" "$work/boot" EDGE-REPS
    make_ext4 "$work/root.img" "$root" edge-root "$(size_for "$root")" "$id"
    join_parts "$image" "${parts[@]}"
}

# data_table ROOT UUID: the data partition, and its places in the root.
data_table() {
    local place
    echo "UUID=$2 /data ext4 noatime,errors=remount-ro 0 2" >>"$1/etc/fstab"
    for place in opt/edge-reps etc/edge-reps var/lib/edge-reps; do
        echo "/data/$place /$place none bind,x-systemd.requires-mounts-for=/data 0 0" >>"$1/etc/fstab"
    done
}
