#!/bin/sh
# Before the kernel is unpacked into the root $1: a small initrd, made in seconds instead of minutes
# where the processor is emulated. DRIVERS names its modules.
set -eu
mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/etc/initramfs-tools/hooks"
printf 'MODULES=list\nCOMPRESS=gzip\nCOMPRESSLEVEL=1\n' >"$1/etc/initramfs-tools/conf.d/edge-reps"
echo 'update_initramfs=no' >"$1/etc/initramfs-tools/update-initramfs.conf" # once, with the kernel
cat >"$1/etc/initramfs-tools/hooks/edge-reps" <<END
#!/bin/sh
[ "\$1" = prereqs ] && exit 0
. /usr/share/initramfs-tools/hook-functions
manual_add_modules $DRIVERS
END
chmod +x "$1/etc/initramfs-tools/hooks/edge-reps"
