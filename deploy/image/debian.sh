# shellcheck shell=bash
# A plain Debian root for arm64 boards with UEFI, and for qemu: sourced by build.sh.

readonly SUITE=bookworm # MIRROR in the environment names another mirror than Debian's own
# What a station needs, and nothing that asks or serves: no ssh, no desktop, no telemetry.
PACKAGES=systemd-sysv,dbus,udev,kmod,linux-image-arm64,initramfs-tools,systemd-boot-efi
PACKAGES+=,python3,python3-venv,signify-openbsd,network-manager,wpasupplicant,wireless-regdb
PACKAGES+=,systemd-timesyncd,tzdata,cloud-guest-utils,e2fsprogs,dosfstools,fdisk,usbutils,v4l-utils
readonly PACKAGES
readonly SCREEN=cage,chromium,fonts-noto-cjk # the page on the device's own screen

# Drivers without which a board cannot read its card; the others are loaded from the root.
DRIVERS="virtio_pci virtio_mmio virtio_blk ext4 overlay vfat nls_ascii nls_cp437"
DRIVERS+=" mmc_block sdhci_pci sdhci_iproc sdhci_of_dwcmshc dw_mmc_pltfm nvme ahci"
DRIVERS+=" sd_mod usb_storage uas xhci_pci xhci_plat_hcd"
readonly DRIVERS

# make_debian ROOT PACKAGES
make_debian() {
    local root=$1 packages=$2 hooks
    command -v mmdebstrap >/dev/null || die "apt install mmdebstrap qemu-user-static binfmt-support"
    hooks=$(dirname "${BASH_SOURCE[0]}")
    mmdebstrap --architectures=arm64 --variant=minbase --include="$packages" \
        --dpkgopt=force-confold --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --essential-hook="DRIVERS='$DRIVERS' sh '$hooks/initrd.sh' \"\$1\"" \
        "$SUITE" "$root" ${MIRROR:+"$MIRROR"} || die "cannot make the root file system"
    # Nobody logs in: to repair a station, write a new card.
    chroot "$root" passwd -q -l root
}
