/**
 * Debian i386 packages whose files make the guest's trees. Dependencies are named, not resolved: `build-rootfs.ts`
 * fails when a program needs a library that no package here brings.
 */

const LIBC = ["libc6", "libc-bin", "libgcc-s1", "libcrypt1", "libtinfo6", "libselinux1", "libpcre2-8-0", "libcap2"];
const PROCPS = [
  "procps",
  "libproc2-0",
  "libncursesw6",
  "libsystemd0",
  "liblz4-1",
  "liblzma5",
  "libzstd1",
  "libgcrypt20",
  "libgpg-error0",
];
const UTIL_LINUX = [
  "util-linux",
  "mount",
  "libblkid1",
  "libmount1",
  "libsmartcols1",
  "libuuid1",
  "libreadline8",
  "libcap-ng0",
  "libudev1",
];
const COREUTILS = ["coreutils", "libacl1", "libattr1", "libgmp10", "grep", "sed", "hostname"];
/** iproute2's ip needs Kerberos by way of libtirpc. */
const IPROUTE = [
  "iproute2",
  "libbpf1",
  "libelf1",
  "zlib1g",
  "libbz2-1.0",
  "libmnl0",
  "libxtables12",
  "libbsd0",
  "libmd0",
  "libdb5.3",
  "libtirpc3",
  "libgssapi-krb5-2",
  "libkrb5-3",
  "libk5crypto3",
  "libcom-err2",
  "libkrb5support0",
  "libkeyutils1",
  "libssl3",
];

export const GUEST_PACKAGES: readonly string[] = [
  ...LIBC,
  ...PROCPS,
  ...UTIL_LINUX,
  ...COREUTILS,
  ...IPROUTE,
  "bash",
  "dash",
  "busybox-static",
  "ncurses-base",
  "less",
  "nano",
  "strace",
  "libunwind8",
  "libdw1",
  "sudo",
  "libaudit1",
  "libpam0g",
  "libpam-modules",
  // nft shows the rules behind published ports
  "nftables",
  "libnftables1",
  "libnftnl11",
  "libjansson4",
  "libedit2",
  // capsh shows capability sets
  "libcap2-bin",
  // makes /var/lib/box at a cold boot
  "e2fsprogs",
  "libext2fs2",
  "libss2",
  // the oracles: other runtimes on the same kernel, for tests and bench
  "crun",
  "libyajl2",
  "libseccomp2",
  "runc",
  "libapparmor1",
];

/** What the container image `debian` holds: bash, coreutils and procps feel right, nothing more. */
export const DEBIAN_IMAGE_PACKAGES: readonly string[] = [
  ...LIBC,
  ...PROCPS,
  ...COREUTILS,
  ...UTIL_LINUX,
  "zlib1g",
  "base-files",
  "bash",
  "dash",
  "debianutils",
  "findutils",
  "mawk",
  "ncurses-base",
  "ncurses-bin",
  "tar",
  "gzip",
  "login",
  "libaudit1",
  "libpam0g",
];

/** Layers over the image `debian`: what a program needs and that image lacks. */
export const PROGRAM_PACKAGES = {
  nginx: ["nginx", "nginx-common", "libssl3"],
  redis: ["redis-server", "redis-tools", "libatomic1", "libjemalloc2", "liblzf1", "libssl3", "libstdc++6"],
  python: [
    "python3-minimal",
    "python3.11-minimal",
    "libpython3.11-minimal",
    "libpython3.11-stdlib",
    "libexpat1",
    "libssl3",
    "libffi8",
    "libbz2-1.0",
    "libsqlite3-0",
  ],
  "stress-ng": [
    "stress-ng",
    "libapparmor1",
    "libbsd0",
    "libmd0",
    "libegl1",
    "libgbm1",
    "libgles2",
    "libglvnd0",
    "libdrm2",
    "libexpat1",
    "libwayland-server0",
    "libffi8",
    "libjpeg62-turbo",
    "libjudydebian1",
    "libkmod2",
    "libsctp1",
    "libxxhash0",
    "libssl3",
  ],
} satisfies Readonly<Record<string, readonly string[]>>;
