# shellcheck shell=bash
# Turns any arm64 root, Debian's or NVIDIA's, into a station's: sourced by build.sh.

# customise ROOT BUNDLE KEY INSTALLER READ_ONLY SSH_KEY
customise() {
    local root=$1 bundle=$2 key=$3 installer=$4 read_only=$5 ssh_key=$6
    put_files "$root"
    enable "$root" edge-reps-grow.service multi-user.target
    no_questions "$root"
    printf 'LANG=C.UTF-8\n' >"$root/etc/default/locale"
    printf 'station\n' >"$root/etc/hostname"
    : >"$root/etc/machine-id" # a new one for every card
    rm -f "$root/var/lib/dbus/machine-id"
    sh "$installer" --root "$root" --key "$key" "$bundle" || die "the bundle was not installed"
    if [ -n "$ssh_key" ]; then let_in "$root" "$ssh_key"; fi
    if [ "$read_only" = yes ]; then part_data "$root"; fi
    rm -rf "$root/var/cache/apt/"*.bin "$root/var/lib/apt/lists/"* "$root/var/tmp/"* "$root/tmp/"*
}

# put_files ROOT. File by file: a copy of the folder would make the checkout's owner that of / and /etc.
put_files() {
    local file
    for file in edge-reps-grow edge-reps-overlay; do
        install -D -m 755 "$HERE/files/usr/local/sbin/$file" "$1/usr/local/sbin/$file"
    done
    file=etc/systemd/system/edge-reps-grow.service
    install -D -m 644 "$HERE/files/$file" "$1/$file"
}

# enable ROOT UNIT TARGET, without a running systemd
enable() {
    mkdir -p "$1/etc/systemd/system/$3.wants"
    ln -sfn "/etc/systemd/system/$2" "$1/etc/systemd/system/$3.wants/$2"
}

# NVIDIA's image asks for a licence, a user and a time zone at its first start, by a target of its own
# (R32) or a service (R35, R36). The station has its user, and its time zone comes from the station's file.
no_questions() {
    local unit
    ln -sfn /lib/systemd/system/multi-user.target "$1/etc/systemd/system/default.target"
    for unit in nv-oem-config.service nv-oem-config-gui.service nv-oem-config-debconf@.service nv-oem-config.target \
        gdm3.service gdm.service lightdm.service apt-daily.timer apt-daily-upgrade.timer; do
        rm -rf "$1/etc/systemd/system/$unit.wants"
        ln -sfn /dev/null "$1/etc/systemd/system/$unit"
    done
}

# With a read-only root, persistent data is on its own partition, at its usual places by bind mounts.
part_data() {
    local root=$1 place
    for place in opt/edge-reps etc/edge-reps var/lib/edge-reps; do
        mkdir -p "$root/data/$(dirname "$place")"
        mv "$root/$place" "$root/data/$place"
        mkdir -p "$root/$place"
    done
    chown --reference="$root/data/var/lib/edge-reps" "$root/var/lib/edge-reps"
    mkdir -p "$root/overlay"
}

# let_in ROOT PUBLIC_KEY: the operator by key only. The host's key is made at the first start, or all
# cards would have the same; it is stored with a read-only root's persistent data.
let_in() {
    local root=$1 home=$1/home/edge-operator host=/etc/edge-reps/ssh_host_ed25519_key
    chroot "$root" useradd --create-home --shell /bin/bash edge-operator
    mkdir -p "$home/.ssh" "$root/etc/sudoers.d" "$root/etc/systemd/system/ssh.service.d"
    cp "$2" "$home/.ssh/authorized_keys"
    chmod 700 "$home/.ssh"
    chown -R --reference="$home" "$home/.ssh"
    echo 'edge-operator ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/edge-operator"
    chmod 440 "$root/etc/sudoers.d/edge-operator"
    rm -f "$root"/etc/ssh/ssh_host_*
    # Before the file's own lines, because the first value of each key applies.
    printf 'HostKey %s\nPasswordAuthentication no\nPermitRootLogin no\n' "$host" |
        cat - "$root/etc/ssh/sshd_config" >"$root/etc/ssh/sshd_config.new"
    mv "$root/etc/ssh/sshd_config.new" "$root/etc/ssh/sshd_config"
    cat >"$root/etc/systemd/system/ssh.service.d/edge-reps.conf" <<END
[Service]
ExecStartPre=
ExecStartPre=/bin/sh -c 'test -f $host || ssh-keygen -q -t ed25519 -N "" -f $host'
END
}
